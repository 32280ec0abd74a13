package dev.seine.topics;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link FencedProducer} over Kafka's transactions. */
final class TransactionalProducer extends LogProducer implements FencedProducer {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionalProducer.class);
    /** Cut off twice within this time: no transaction can time out so often, so somebody does it. */
    private static final long TURNS_MS = 10_000;

    private final String id;
    private final Map<String, Object> settings;
    private final Clients clients;
    private KafkaProducer<byte[], byte[]> current;
    private boolean open;
    private long renewedAt = Long.MIN_VALUE / 2;

    TransactionalProducer(String id, String name, Map<String, Object> settings, Clients clients) {
        super(name, settings, clients);
        this.id = id;
        this.settings = settings;
        this.clients = clients;
        current = super.kafka();
        begin();
    }

    @Override
    KafkaProducer<byte[], byte[]> kafka() {
        return current;
    }

    @Override
    public CompletableFuture<Void> sendBytes(
            Topic<?> topic, int partition, byte @Nullable [] key, byte @Nullable [] value) {
        if (!open) {
            current.beginTransaction();
            open = true;
        }
        return super.sendBytes(topic, partition, key, value);
    }

    @Override
    public boolean pending() {
        return open;
    }

    @Override
    public void commit() {
        if (!open) {
            return;
        }
        try {
            flush();
            persist(current::commitTransaction);
            open = false;
        } catch (KafkaException e) {
            if (Outage.cutOff(e)) {
                throw new Fenced(
                        name() + ": another process writes as '" + id + "' now, or this one was away in the middle of a"
                                + " write for longer than brokers wait; nothing was written, and this one stops",
                        e);
            }
            throw e;
        }
    }

    @Override
    public boolean commit(EventConsumer<?> reader, Map<Integer, Bookmark> next) {
        LogConsumer<?> member = (LogConsumer<?>) reader;
        try {
            if (!open) {
                current.beginTransaction();
                open = true;
            }
            flush();
            persist(() -> current.sendOffsetsToTransaction(member.offsets(next), member.membership()));
            persist(current::commitTransaction);
            open = false;
            return true;
        } catch (InterruptException e) {
            throw e;
        } catch (CommitFailedException e) {
            LOG.info("{}: lost its partitions before it could commit: {}", name(), e.getMessage());
            abort();
            return false;
        } catch (KafkaException e) {
            LOG.warn("{}: a commit was undone: {}", name(), e.toString());
            if (Outage.cutOff(e)) {
                renew(e);
                return false;
            }
            abort();
            if (e instanceof ApiException && !(e instanceof RetriableException)) {
                throw e; // such as a right that is missing: it would fail again
            }
            return false;
        }
    }

    @Override
    public void abort() {
        forgive();
        if (!open) {
            return;
        }
        try {
            persist(current::abortTransaction);
            forgive(); // records that were still unsent have failed by it
            open = false;
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            renew(e);
        }
    }

    @Override
    public void close() {
        forgive();
        unwatch();
        current.close(CLOSE);
    }

    /** A transaction that timed out leaves its producer cut off, just as a successor would. */
    private void renew(KafkaException cause) {
        long now = clients.clock().millis();
        if (now - renewedAt < TURNS_MS) {
            throw new Fenced(name() + ": another process writes as '" + id + "': give each a name of its own", cause);
        }
        renewedAt = now;
        current.close(Duration.ZERO);
        forgive();
        open = false;
        current = new KafkaProducer<>(settings);
        watch(current);
        begin();
    }

    private void begin() {
        try {
            persist(current::initTransactions);
        } catch (KafkaException e) {
            current.close(Duration.ZERO);
            throw e;
        }
    }

    /** Again and again while brokers do not answer; each of these calls may be repeated. */
    private void persist(Runnable call) {
        for (int attempt = 1; ; attempt++) {
            try {
                call.run();
                return;
            } catch (TimeoutException e) {
                LOG.warn("{}: brokers do not answer ({}), attempt {}", name(), e.getMessage(), attempt);
            }
        }
    }
}
