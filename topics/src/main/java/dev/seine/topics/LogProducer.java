package dev.seine.topics;

import dev.seine.event.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** An {@link EventProducer} over one Kafka producer of bytes: the values' serde depends on the topic. */
class LogProducer implements EventProducer {
    /** So a broker that is gone does not hold up a shutdown; what is unwritten by then has failed. */
    static final Duration CLOSE = Duration.ofSeconds(15);

    private final String name;
    private final Clients clients;
    private final AtomicReference<KafkaException> failure = new AtomicReference<>();
    private final Map<String, Integer> partitions = new ConcurrentHashMap<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private Telemetry.Watch watch;

    LogProducer(String name, Map<String, Object> settings, Clients clients) {
        this.name = name;
        this.clients = clients;
        producer = new KafkaProducer<>(settings);
        watch = clients.telemetry().watch(producer);
    }

    @Override
    public <V extends SpecificRecord> CompletableFuture<Void> send(Topic<V> topic, String key, V value) {
        return send(topic, partition(topic, key), key, value);
    }

    @Override
    public <V extends SpecificRecord> CompletableFuture<Void> send(Topic<V> topic, int partition, String key, V value) {
        Objects.requireNonNull(key, () -> topic + ": a record needs a key");
        Objects.requireNonNull(value, () -> topic + ": record " + key + " needs a value");
        byte[] bytes = clients.serde(topic).serializer().serialize(topic.name(), value);
        return sendBytes(topic, partition, utf8(key), bytes);
    }

    @Override
    public CompletableFuture<Void> sendBytes(
            Topic<?> topic, int partition, byte @Nullable [] key, byte @Nullable [] value) {
        throwFailure();
        CompletableFuture<Void> written = new CompletableFuture<>();
        ProducerRecord<byte[], byte[]> data = new ProducerRecord<>(topic.name(), partition, key, value);
        trace(topic).into(data.headers());
        var unused = kafka().send(data, (metadata, error) -> {
            if (error == null) {
                written.complete(null);
                return;
            }
            String id = key == null ? "without a key" : new String(key, StandardCharsets.UTF_8);
            KafkaException failed = new KafkaException(
                    name + ": record " + id + " was not written to " + topic + "-" + partition + ": " + error, error);
            failure.compareAndSet(null, failed);
            written.completeExceptionally(failed);
        });
        return written;
    }

    @Override
    public void reject(Rejection rejection) {
        String key = rejection.getTopic() + "-" + rejection.getPartition() + "-" + rejection.getOffset();
        String topic = Topics.of(rejection.getTopic()).map(Topic::name).orElse("other");
        Metric.REJECTIONS.counted(clients.telemetry().meters(), topic).increment();
        send(Topics.REJECTIONS, key, rejection);
    }

    @Override
    public int partition(Topic<?> topic, String key) {
        // Remembered: a broker that is away must not be asked for what does not change.
        int count = partitions.computeIfAbsent(
                topic.name(), name -> kafka().partitionsFor(name).size());
        return Topic.partitionOf(key, count);
    }

    @Override
    public void flush() {
        kafka().flush();
        throwFailure();
    }

    @Override
    public void close() {
        watch.close();
        kafka().close(CLOSE);
        throwFailure();
    }

    /** The trace that the writing thread is in; a question that belongs to none begins one. */
    private Trace trace(Topic<?> topic) {
        Trace current = Trace.current();
        return topic.equals(Topics.QUESTIONS) && current.id().isEmpty()
                ? clients.telemetry().begin("question")
                : current;
    }

    /** Shows the figures of this producer from now on, in the place of the one that it stands in for. */
    void watch(KafkaProducer<byte[], byte[]> instead) {
        watch.close();
        watch = clients.telemetry().watch(instead);
    }

    /** Shows its figures no more. */
    void unwatch() {
        watch.close();
    }

    /** The producer in use. */
    KafkaProducer<byte[], byte[]> kafka() {
        return producer;
    }

    String name() {
        return name;
    }

    /** Forgets a failure that whoever rolls back has dealt with. */
    void forgive() {
        failure.set(null);
    }

    private void throwFailure() {
        KafkaException failed = failure.getAndSet(null);
        if (failed != null) {
            throw failed;
        }
    }

    private static byte[] utf8(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
