package dev.seine.streams;

import dev.seine.schemas.RegistryException;
import dev.seine.topics.Topic;
import java.nio.charset.StandardCharsets;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Reads the records of a topic one by one, so that what cannot be read can be refused; only a registry that does not answer
 * stops the topology, because the same bytes may be readable later.
 */
public final class Decoding<V extends SpecificRecord> {
    private final Topic<V> topic;
    private final String what;
    private final String keyed;
    private final Deserializer<V> deserializer;

    /** Why a record cannot be read. */
    public static final class Unreadable extends Exception {
        Unreadable(String message) {
            super(message);
        }
    }

    /**
     * Decoding of a topic's values.
     *
     * @param what a record is, in words, for the causes of refusals
     * @param keyed what its key is
     */
    public Decoding(Topic<V> topic, String what, String keyed, TopicSerdes serdes) {
        this.topic = topic;
        this.what = what;
        this.keyed = keyed;
        this.deserializer = serdes.serde(topic).deserializer();
    }

    /** The record's key. */
    public String key(Record<byte[], byte[]> in) throws Unreadable {
        if (in.key() == null) {
            throw new Unreadable("key must be a " + keyed + ", got none");
        }
        return new String(in.key(), StandardCharsets.UTF_8);
    }

    /** A value that was read before. */
    public V value(byte[] bytes) {
        return deserializer.deserialize(topic.name(), bytes);
    }

    /** The record's value, which must be there. */
    public V value(Record<byte[], byte[]> in) throws Unreadable {
        String key = key(in);
        if (in.value() == null) {
            throw new Unreadable("value must be a " + what + ", got none");
        }
        try {
            return value(in.value());
        } catch (RuntimeException e) {
            if (e instanceof RegistryException registry && registry.unavailable()) {
                throw e;
            }
            throw new Unreadable(what + " '" + key + "' cannot be read: " + e.getMessage());
        }
    }
}
