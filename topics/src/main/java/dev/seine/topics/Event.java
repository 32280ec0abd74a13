package dev.seine.topics;

import org.apache.avro.specific.SpecificRecord;

/**
 * A record as it was read. Its value is null where it deletes its key, which only a {@link Table} gets to see.
 *
 * @param timestampMs when it was written, in milliseconds since 1970-01-01 UTC
 * @param trace the trace that it belongs to
 */
public record Event<V extends SpecificRecord>(
        Topic<V> topic, int partition, long offset, String key, V value, long timestampMs, Trace trace) {
    /** A record that belongs to no trace. */
    public Event(Topic<V> topic, int partition, long offset, String key, V value, long timestampMs) {
        this(topic, partition, offset, key, value, timestampMs, Trace.NONE);
    }
}
