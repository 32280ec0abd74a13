package dev.seine.topics;

import org.apache.avro.specific.SpecificRecord;

/**
 * A topic: its name, the class of its values (keys are strings), the partitions it is created with and how long it is
 * kept.
 */
public record Topic<V extends SpecificRecord>(String name, Class<V> type, int partitions, Retention retention) {
    /** Checks the number of partitions. */
    public Topic {
        if (partitions < 1) {
            throw new IllegalArgumentException("topic " + name + ": partitions must be at least 1, got " + partitions);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
