package dev.seine.topics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.schemas.Compatibility;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry's state as a compacted topic, in Confluent's layout. There is one writer: a registry that starts cuts
 * off the one before it, so two can never give out the same id for different schemas.
 */
final class RegistryLog implements AutoCloseable {
    static final String TOPIC = "_schemas";
    /** Of this only one may write. */
    static final String WRITER = "seine-registry";

    private static final Logger LOG = LoggerFactory.getLogger(RegistryLog.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    private final Connection connection;
    private final KafkaProducer<byte[], byte[]> producer;

    private RegistryLog(Connection connection, KafkaProducer<byte[], byte[]> producer) {
        this.connection = connection;
        this.producer = producer;
    }

    /** Becomes the topic's one writer; makes the topic if need be. */
    static RegistryLog open(Connection connection) {
        try (Admin admin = Admin.create(Settings.admin(connection))) {
            Creation.check(admin, connection, Clients.OUTAGE);
            Creation.createOne(admin, TOPIC, 1, Retention.COMPACTED);
        }
        Map<String, Object> settings = Settings.producer(connection, "registry");
        settings.put("transactional.id", WRITER);
        settings.put("transaction.timeout.ms", 10_000);
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings);
        try {
            producer.initTransactions();
        } catch (KafkaException e) {
            producer.close(Duration.ZERO);
            throw new IllegalStateException("the registry cannot become the writer of " + TOPIC + ": " + e, e);
        }
        return new RegistryLog(connection, producer);
    }

    /** All that was ever logged. */
    RegistryState read() {
        RegistryState state = new RegistryState();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(Settings.consumer(connection, "registry-reader"))) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = Objects.requireNonNull(
                    consumer.endOffsets(List.of(PARTITION)).get(PARTITION), "no end of " + PARTITION);
            while (consumer.position(PARTITION) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(data -> apply(state, data));
            }
        }
        return state;
    }

    void write(SchemaVersion added) {
        write(
                key("SCHEMA", Optional.of(added.subject()))
                        .put("version", added.version())
                        .put("magic", 1),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("subject", added.subject())
                        .put("version", added.version())
                        .put("id", added.id())
                        .put("schema", added.schema().toString())
                        .put("deleted", false));
    }

    void write(Optional<String> subject, Compatibility level) {
        write(
                key("CONFIG", subject).put("magic", 0),
                JsonNodeFactory.instance.objectNode().put("compatibilityLevel", level.name()));
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }

    private void write(JsonNode key, JsonNode value) {
        try {
            producer.beginTransaction();
            var unused = producer.send(
                    new ProducerRecord<>(TOPIC, 0, JSON.writeValueAsBytes(key), JSON.writeValueAsBytes(value)));
            producer.commitTransaction();
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            throw new RegistryRefusal(
                    500, RegistryRefusal.STORE_FAILED, "another registry has taken over the topic " + TOPIC);
        } catch (KafkaException | IOException e) {
            abort();
            throw new RegistryRefusal(500, RegistryRefusal.STORE_FAILED, "cannot write to " + TOPIC + ": " + e);
        }
    }

    private void abort() {
        try {
            producer.abortTransaction();
        } catch (KafkaException e) {
            LOG.warn("cannot abort a write to {}", TOPIC, e);
        }
    }

    /** Keys are compared byte by byte in compaction: the order of the fields matters. */
    private static ObjectNode key(String type, Optional<String> subject) {
        ObjectNode key = JsonNodeFactory.instance.objectNode().put("keytype", type);
        subject.ifPresentOrElse(name -> key.put("subject", name), () -> key.putNull("subject"));
        return key;
    }

    private static void apply(RegistryState state, ConsumerRecord<byte[], byte[]> data) {
        if (data.key() == null || data.value() == null) {
            return;
        }
        try {
            JsonNode key = JSON.readTree(data.key());
            JsonNode value = JSON.readTree(data.value());
            switch (key.path("keytype").asText()) {
                case "SCHEMA" -> applySchema(state, value);
                case "CONFIG" -> {
                    Optional<String> subject =
                            Optional.ofNullable(key.path("subject").textValue());
                    state.apply(
                            subject,
                            Compatibility.valueOf(
                                    value.path("compatibilityLevel").asText()));
                }
                default -> {
                    // Other kinds are Confluent's own and change no schema.
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new IllegalStateException(TOPIC + "@" + data.offset() + " cannot be read: " + e, e);
        }
    }

    private static void applySchema(RegistryState state, JsonNode value) {
        SchemaVersion version = new SchemaVersion(
                value.path("subject").asText(),
                value.path("version").asInt(),
                value.path("id").asInt(),
                new Schema.Parser().parse(value.path("schema").asText()));
        if (value.path("deleted").asBoolean()) {
            state.applyId(version);
        } else {
            state.apply(version);
        }
    }
}
