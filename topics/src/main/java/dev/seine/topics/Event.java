package dev.seine.topics;

import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was read.
 *
 * @param value null where it deletes its key, which only a {@link Table} gets to see
 * @param timestampMs when it was written, in milliseconds since 1970-01-01 UTC
 * @param trace the trace that it belongs to
 */
public record Event<V extends SpecificRecord>(
        Topic<V> topic, int partition, long offset, String key, @Nullable V value, long timestampMs, Trace trace) {
    /** A record that belongs to no trace. */
    public Event(Topic<V> topic, int partition, long offset, String key, V value, long timestampMs) {
        this(topic, partition, offset, key, value, timestampMs, Trace.NONE);
    }

    /** Whether it deletes its key. */
    boolean deletes() {
        return value == null;
    }

    /** The value, which a record that deletes its key has not. */
    @Override
    public V value() {
        return Objects.requireNonNull(value, () -> topic + "-" + partition + "@" + offset + " deletes " + key);
    }
}
