package dev.seine.topics;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** Confluent's own Avro serializers, if they are on the class path. */
final class ConfluentSerde {
    private static final String PACKAGE = "io.confluent.kafka.serializers.";

    private ConfluentSerde() {}

    @SuppressWarnings("unchecked") // the deserializer is told to make instances of the type's class
    static <V> Serde<V> of(Class<V> type, Map<String, Object> properties) {
        Map<String, Object> settings = new HashMap<>(properties);
        settings.put("specific.avro.reader", true);
        settings.put("specific.avro.value.type", type.getName());
        Serializer<V> serializer = (Serializer<V>) make(PACKAGE + "KafkaAvroSerializer", Serializer.class);
        Deserializer<V> deserializer = (Deserializer<V>) make(PACKAGE + "KafkaAvroDeserializer", Deserializer.class);
        serializer.configure(settings, false);
        deserializer.configure(settings, false);
        return Serdes.serdeFrom(serializer, deserializer);
    }

    private static <T> T make(String name, Class<T> type) {
        try {
            return type.cast(Class.forName(name).getDeclaredConstructor().newInstance());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    Connection.SERDE + " is confluent, but " + name + " cannot be loaded (" + e
                            + "); put io.confluent:kafka-avro-serializer on the class path or set it to builtin",
                    e);
        }
    }
}
