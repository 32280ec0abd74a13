package dev.seine.topics;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Utils;

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

    /** Its settings on the brokers, in Kafka's names. */
    public Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(retention.settings());
        settings.put("max.message.bytes", Integer.toString(Settings.MAX_RECORD_BYTES + 1024));
        return settings;
    }

    /** The partition, out of so many, that belongs to a text: the one that Kafka's own clients put records with that key into. */
    public static int partitionOf(String text, int partitions) {
        return Utils.toPositive(Utils.murmur2(text.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    @Override
    public String toString() {
        return name;
    }
}
