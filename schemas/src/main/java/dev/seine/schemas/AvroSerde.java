package dev.seine.schemas;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Values of one generated class in Confluent's wire format: byte 0, the schema id as four bytes (big endian), Avro
 * binary. The subject is the topic's name and {@code -value}; its rule is set to BACKWARD when it is
 * written to, unless it is stricter.
 * What an older schema wrote is read as the class has it now. Safe for use by many threads.
 *
 * <p>Bytes that cannot be read (or written) fail with {@link SerializationException}; a registry that does not answer
 * fails with a {@link RegistryException} that is {@link RegistryException#unavailable()}: the bytes may be fine.
 */
public final class AvroSerde<V extends SpecificRecord> implements Serde<V>, Serializer<V>, Deserializer<V> {
    /** The largest value that is read or written, in bytes. */
    public static final int MAX_BYTES = 16 << 20;

    private static final int HEADER = 5;

    static {
        Trust.install();
    }

    private final RegistryClient registry;
    private final Class<V> type;
    private final Schema schema;
    private final SpecificData model;
    private final Map<String, Integer> idByTopic = new ConcurrentHashMap<>();

    /** Comparing two schemas costs more than reading a record, so it is done once; a reader belongs to one thread. */
    @SuppressWarnings("ThreadLocalUsage") // a serde lives as long as its clients, of which there are few
    private final ThreadLocal<Map<Integer, SpecificDatumReader<V>>> readers = ThreadLocal.withInitial(HashMap::new);

    /** A serde for values of the type. */
    public AvroSerde(RegistryClient registry, Class<V> type) {
        this.registry = registry;
        this.type = type;
        model = SpecificData.getForClass(type);
        schema = model.getSchema(type);
    }

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable V value) {
        if (value == null) {
            return null;
        }
        int id = idByTopic.computeIfAbsent(topic, this::register);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        bytes.writeBytes(ByteBuffer.allocate(HEADER).put((byte) 0).putInt(id).array());
        try {
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            new SpecificDatumWriter<V>(schema, model).write(value, encoder);
            encoder.flush();
        } catch (IOException | AvroRuntimeException | ClassCastException | NullPointerException e) {
            throw new SerializationException(topic + ": not a writable " + type.getSimpleName() + ": " + e, e);
        }
        if (bytes.size() > MAX_BYTES) {
            throw tooLarge(topic, bytes.size());
        }
        return bytes.toByteArray();
    }

    @Override
    public @Nullable V deserialize(String topic, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        if (bytes.length > MAX_BYTES) {
            throw tooLarge(topic, bytes.length);
        }
        if (bytes.length < HEADER) {
            throw new SerializationException(
                    topic + ": expected at least " + HEADER + " bytes (0 and the schema id), got " + bytes.length);
        }
        if (bytes[0] != 0) {
            throw new SerializationException(topic + ": expected 0 as the first byte, got " + bytes[0]);
        }
        int id = ByteBuffer.wrap(bytes, 1, 4).getInt();
        return decode(topic, id, writer(topic, id), bytes);
    }

    @Override
    public Serializer<V> serializer() {
        return this;
    }

    @Override
    public Deserializer<V> deserializer() {
        return this;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        if (isKey) {
            throw new IllegalArgumentException("keys are plain strings; this serde is for values");
        }
    }

    @Override
    public void close() {}

    private int register(String topic) {
        String subject = topic + "-value";
        if (registry.compatibility(subject).filter(Compatibility::readsOlder).isEmpty()) {
            registry.setCompatibility(subject, Compatibility.BACKWARD);
        }
        return registry.register(subject, schema);
    }

    private Schema writer(String topic, int id) {
        try {
            return registry.byId(id);
        } catch (RegistryException e) {
            if (e.code() == RegistryException.NO_SCHEMA || e.status() == 200) {
                throw new SerializationException(topic + ": no schema of id " + id + ": " + e.getMessage(), e);
            }
            throw e;
        }
    }

    private V decode(String topic, int id, Schema writer, byte[] bytes) {
        try {
            BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null);
            V value = readers.get()
                    .computeIfAbsent(id, i -> new SpecificDatumReader<>(writer, schema, model))
                    .read(null, decoder);
            if (!decoder.isEnd()) {
                throw new SerializationException(topic + ": bytes are left after the " + type.getSimpleName());
            }
            return value;
        } catch (EOFException e) {
            throw new SerializationException(
                    topic + ": " + bytes.length + " bytes end within the " + type.getSimpleName(), e);
        } catch (IOException | RuntimeException e) {
            if (e instanceof SerializationException known) {
                throw known;
            }
            throw new SerializationException(
                    topic + ": bytes of schema id " + id + " are not a " + type.getSimpleName() + ": " + e, e);
        }
    }

    private static SerializationException tooLarge(String topic, int size) {
        return new SerializationException(topic + ": expected at most " + MAX_BYTES + " bytes, got " + size);
    }
}
