package dev.seine.streams;

import dev.seine.topics.Topic;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;

/** Where a topology takes its serdes from, such as {@code clients::serde}. */
@FunctionalInterface
public interface TopicSerdes {
    /** The topic's serde. */
    <V extends SpecificRecord> Serde<V> serde(Topic<V> topic);
}
