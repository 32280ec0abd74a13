package dev.seine.streams;

import dev.seine.event.ScoredTrajectory;
import dev.seine.streams.reward.RewardConfig;
import dev.seine.streams.reward.RewardSchedule;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * From trajectories to scored trajectories and memory samples. Each group is scored once and its trajectories are
 * written together, by rollout index. Trajectories of one group must share a partition; the memory reward compares the
 * groups of a question in different epochs where those share one too, and their scores share one in any case.
 */
public final class RewardTopology {
    /** Who refuses, as it stands in rejections. */
    public static final String ROLE = "rewards";

    private static final String SOURCE = "read-trajectories";

    private RewardTopology() {}

    /** Builds it with the same rewards for all questions; nothing is read or connected. */
    public static Topology build(RewardConfig config, TopologyOptions options) {
        return build(RewardSchedule.always(config), options);
    }

    /** Builds it; nothing is read or connected. */
    public static Topology build(RewardSchedule schedule, TopologyOptions options) {
        Rejections rejections = new Rejections(ROLE, Topics.TRAJECTORIES, options.counters()::rejected);
        Topology topology = new Topology();
        topology.addSource(
                SOURCE, new ByteArrayDeserializer(), new ByteArrayDeserializer(), Topics.TRAJECTORIES.name());
        topology.addProcessor(
                Intake.NAME,
                () -> new Intake(
                        new Decoding<>(Topics.TRAJECTORIES, "trajectory", "group id", options.serdes()),
                        new TrajectoryCheck(schedule.rest().dialect()),
                        rejections),
                SOURCE);
        topology.addProcessor(GroupCollector.NAME, collector(schedule, options, rejections), Intake.NAME);
        // By question and not by key, as the trajectories: who scores the log again meets a question's epochs in their
        // order.
        topology.addSink(
                GroupCollector.SCORED_SINK,
                Topics.SCORED_TRAJECTORIES.name(),
                new StringSerializer(),
                options.serdes().serde(Topics.SCORED_TRAJECTORIES).serializer(),
                (StreamPartitioner<String, ScoredTrajectory>) RewardTopology::partition,
                GroupCollector.NAME);
        sink(topology, GroupCollector.MEMORY_SINK, Topics.MEMORY_SAMPLES, options, GroupCollector.NAME);
        sink(topology, Rejections.SINK, Topics.REJECTIONS, options, Intake.NAME, GroupCollector.NAME);
        return topology;
    }

    private static ProcessorSupplier<String, Arrival, String, Object> collector(
            RewardSchedule schedule, TopologyOptions options, Rejections rejections) {
        return new ProcessorSupplier<>() {
            @Override
            public GroupCollector get() {
                return new GroupCollector(schedule, options, rejections);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return GroupStores.builders(options.store());
            }
        };
    }

    private static Optional<Set<Integer>> partition(
            String topic, String group, ScoredTrajectory scored, int partitions) {
        return Optional.of(Set.of(Topic.partitionOf(scored.getTrajectory().getQuestionId(), partitions)));
    }

    private static <V extends SpecificRecord> void sink(
            Topology topology, String name, Topic<V> topic, TopologyOptions options, String... parents) {
        Serializer<V> values = options.serdes().serde(topic).serializer();
        topology.addSink(name, topic.name(), new StringSerializer(), values, parents);
    }
}
