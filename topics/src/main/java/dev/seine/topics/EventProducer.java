package dev.seine.topics;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.seine.event.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes events; safe for use by many threads. A write that fails is never swallowed: its future fails, and the next
 * call of {@code send}, {@code flush} or {@code close} throws it as well (once; the record at hand is then not sent).
 */
public interface EventProducer extends AutoCloseable {
    /** Writes to the partition that the key hashes to. The future is done when all in-sync replicas have the record. */
    @CanIgnoreReturnValue
    <V extends SpecificRecord> CompletableFuture<Void> send(Topic<V> topic, String key, V value);

    /** Writes to this partition. */
    @CanIgnoreReturnValue
    <V extends SpecificRecord> CompletableFuture<Void> send(Topic<V> topic, int partition, String key, V value);

    /**
     * Writes a record without a value: of a topic that keeps the latest record of each key, what was there under the key goes.
     *
     * @throws IllegalArgumentException if the topic keeps every record
     */
    @CanIgnoreReturnValue
    default CompletableFuture<Void> delete(Topic<?> topic, String key) {
        if (topic.retention() != Retention.COMPACTED) {
            throw new IllegalArgumentException(topic + " keeps every record: " + key + " cannot be deleted");
        }
        return sendBytes(topic, partition(topic, key), key.getBytes(StandardCharsets.UTF_8), null);
    }

    /** Writes bytes as they are, such as a refused record that is to be tried again; null where it had no key or no value. */
    @CanIgnoreReturnValue
    CompletableFuture<Void> sendBytes(Topic<?> topic, int partition, byte @Nullable [] key, byte @Nullable [] value);

    /** Writes to the rejections, under the key {@code topic-partition-offset}. */
    void reject(Rejection rejection);

    /** The partition that the key hashes to; the same for every topic with equally many partitions. */
    int partition(Topic<?> topic, String key);

    /** Waits until everything sent so far is written. */
    void flush();

    /** Flushes and closes. */
    @Override
    void close();
}
