package dev.seine.streams;

import dev.seine.event.Rejection;
import dev.seine.topics.Topics;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Rejections of trajectories. Their time is that of the refused record, so the same log gives the same bytes. */
record Rejections(String role, RewardCounters counters) {
    static final String SINK = "write-rejections";

    Record<String, Object> of(Optional<RecordMetadata> origin, Record<byte[], byte[]> refused, String cause) {
        counters.rejected();
        String topic = origin.map(RecordMetadata::topic).orElse(Topics.TRAJECTORIES.name());
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

    private static ByteBuffer wrap(byte[] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }
}
