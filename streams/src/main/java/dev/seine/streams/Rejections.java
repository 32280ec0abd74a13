package dev.seine.streams;

import dev.seine.event.Rejection;
import dev.seine.topics.Topic;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Rejections of records. Their time is that of the refused record, so the same log gives the same bytes.
 *
 * @param role who refuses
 * @param topic where refused records come from, should the origin of one be unknown
 * @param counted called for each
 */
public record Rejections(String role, Topic<?> topic, Runnable counted) {
    /** The node that writes them. */
    public static final String SINK = "write-rejections";

    /** The rejection of a record, under its origin as the key. */
    public Record<String, Object> of(Optional<RecordMetadata> origin, Record<byte[], byte[]> refused, String cause) {
        counted.run();
        String topic = origin.map(RecordMetadata::topic).orElse(this.topic.name());
        int partition = origin.map(RecordMetadata::partition).orElse(-1);
        long offset = origin.map(RecordMetadata::offset).orElse(-1L);
        Rejection rejection = Rejection.newBuilder()
                .setTopic(topic)
                .setPartition(partition)
                .setOffset(offset)
                .setRole(role)
                .setCause(cause)
                .setKey(wrap(refused.key()))
                .setValue(wrap(refused.value()))
                .setAtMs(refused.timestamp())
                .build();
        return new Record<>(topic + "-" + partition + "-" + offset, rejection, refused.timestamp());
    }

    private static @Nullable ByteBuffer wrap(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }
}
