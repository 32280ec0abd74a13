package dev.seine.topics;

import org.apache.avro.specific.SpecificRecord;

/**
 * A record as it was read. Its value is null where it deletes its key, which only a {@link Table} gets to see.
 *
 * @param timestampMs when it was written, in milliseconds since 1970-01-01 UTC
 */
public record Event<V extends SpecificRecord>(
        Topic<V> topic, int partition, long offset, String key, V value, long timestampMs) {}
