package dev.seine.topics;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/**
 * The latest record of each key of a compacted topic; keys whose last record has no value are left out. The broker may
 * already have dropped earlier records or not: the table is the same. For use by one thread.
 */
public final class Table<V extends SpecificRecord> implements AutoCloseable {
    private final EventConsumer<V> log;
    private final Map<String, V> latest = new LinkedHashMap<>();

    Table(EventConsumer<V> log) {
        this.log = log;
    }

    /** Reads what is new without waiting; whether anything was. */
    public boolean poll() {
        return take(log.poll(Duration.ZERO));
    }

    /** Reads up to the present end of the topic. */
    public void readToEnd() {
        take(log.readToEnd());
    }

    /** What was read: the latest value by key, those keys first that came first. A view that changes with the next reading. */
    public Map<String, V> latest() {
        return Collections.unmodifiableMap(latest);
    }

    private boolean take(List<Event<V>> events) {
        for (Event<V> event : events) {
            if (event.deletes()) {
                latest.remove(event.key());
            } else {
                latest.put(event.key(), event.value());
            }
        }
        return !events.isEmpty();
    }

    @Override
    public void close() {
        log.close();
    }
}
