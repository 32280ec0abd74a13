package dev.seine.learner;

import dev.seine.topics.Clients;
import dev.seine.topics.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the learner's progress as a consumer group's offsets, so that ordinary tools can tell how far it is behind. For showing only: the
 * truth is in the checkpoint, and a report that fails is not repeated.
 */
final class Lag {
    private static final Logger LOG = LoggerFactory.getLogger(Lag.class);
    private final Admin admin;
    private final String group;
    private KafkaFuture<Void> last = KafkaFuture.completedFuture(null);

    Lag(Clients clients, String group) {
        this.admin = clients.admin();
        this.group = group;
    }

    /** Reports, without waiting and unless a report is under way, the next offset of each partition of the scored trajectories. */
    void report(Map<Integer, Long> offsets) {
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        offsets.forEach((partition, offset) -> next.put(
                new TopicPartition(Topics.SCORED_TRAJECTORIES.name(), partition), new OffsetAndMetadata(offset)));
        if (!next.isEmpty() && last.isDone()) {
            last = admin.alterConsumerGroupOffsets(group, next).all().whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.debug("offsets of {} not reported: {}", group, failure.getMessage());
                }
            });
        }
    }
}
