package dev.seine.topics;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What the topics hold, in the order events flow; those that are not there are left out. */
public record TopicSizes(List<Size> topics) {
    /**
     * One topic.
     *
     * @param records last offset minus first: more than there are if the topic is compacted or holds transactions
     * @param bytes on the brokers' disks, over all replicas; empty if the brokers do not tell
     * @param lag records not yet committed by each consumer group that reads the topic
     */
    public record Size(String name, int partitions, long records, OptionalLong bytes, Map<String, Long> lag) {
        /** Copies the map. */
        public Size {
            lag = Map.copyOf(lag);
        }
    }

    /** Copies the list. */
    public TopicSizes {
        topics = List.copyOf(topics);
    }

    static TopicSizes of(Admin admin) {
        var names = Creation.await(admin.listTopics().names());
        return of(
                admin,
                Topics.ALL.stream().map(Topic::name).filter(names::contains).toList());
    }

    /** Ends by topic and partition, for readers of committed records. */
    static Map<String, Map<Integer, Long>> ends(Admin admin, List<String> wanted) {
        var there = Creation.await(admin.listTopics().names());
        Map<TopicPartition, OffsetSpec> specs = new HashMap<>();
        Creation.await(admin.describeTopics(
                                wanted.stream().filter(there::contains).toList())
                        .allTopicNames())
                .values()
                .forEach(topic -> topic.partitions()
                        .forEach(partition -> specs.put(
                                new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest())));
        Map<String, Map<Integer, Long>> ends = new HashMap<>();
        Creation.await(admin.listOffsets(specs, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all())
                .forEach((partition, at) -> ends.computeIfAbsent(partition.topic(), t -> new TreeMap<>())
                        .put(partition.partition(), at.offset()));
        return ends;
    }

    static TopicSizes of(Admin admin, List<String> wanted) {
        List<TopicPartition> partitions = Creation.await(
                        admin.describeTopics(wanted).allTopicNames())
                .values()
                .stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .toList();
        Map<TopicPartition, Long> first = offsets(admin, partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> last = offsets(admin, partitions, OffsetSpec.latest());
        Map<String, Map<TopicPartition, OffsetAndMetadata>> committed = committed(admin);
        Map<String, Long> bytes = bytes(admin);
        return new TopicSizes(wanted.stream()
                .map(name -> {
                    List<TopicPartition> of = partitions.stream()
                            .filter(partition -> partition.topic().equals(name))
                            .toList();
                    long records = of.stream()
                            .mapToLong(p -> known(last, p) - known(first, p))
                            .sum();
                    OptionalLong size =
                            bytes.containsKey(name) ? OptionalLong.of(bytes.get(name)) : OptionalLong.empty();
                    return new Size(name, of.size(), records, size, lag(of, first, last, committed));
                })
                .toList());
    }

    /** Offset after the last record of each, open transactions included. */
    static Map<TopicPartition, Long> written(Admin admin, Collection<TopicPartition> partitions) {
        return offsets(admin, partitions, OffsetSpec.latest());
    }

    private static Map<TopicPartition, Long> offsets(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec) {
        var wanted = partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> spec));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Creation.await(admin.listOffsets(wanted).all()).forEach((partition, at) -> offsets.put(partition, at.offset()));
        return offsets;
    }

    private static Map<String, Map<TopicPartition, OffsetAndMetadata>> committed(Admin admin) {
        var groups = Creation.await(admin.listGroups().all()).stream()
                .collect(Collectors.toMap(group -> group.groupId(), group -> new ListConsumerGroupOffsetsSpec()));
        return groups.isEmpty()
                ? Map.of()
                : Creation.await(admin.listConsumerGroupOffsets(groups).all());
    }

    /** The farthest offset that any group has committed, by topic and partition; topics that no group reads are left out. */
    static Map<String, Map<Integer, Long>> farthest(Admin admin) {
        Map<String, Map<Integer, Long>> farthest = new HashMap<>();
        committed(admin)
                .values()
                .forEach(group -> group.forEach((partition, at) -> {
                    if (at != null) {
                        farthest.computeIfAbsent(partition.topic(), t -> new TreeMap<>())
                                .merge(partition.partition(), at.offset(), Math::max);
                    }
                }));
        return farthest;
    }

    /** A group reads a topic if it has committed an offset of it; what it never committed it has not read. */
    private static Map<String, Long> lag(
            List<TopicPartition> partitions,
            Map<TopicPartition, Long> first,
            Map<TopicPartition, Long> last,
            Map<String, Map<TopicPartition, OffsetAndMetadata>> committed) {
        Map<String, Long> lag = new TreeMap<>();
        committed.forEach((group, offsets) -> {
            if (partitions.stream().anyMatch(partition -> offsets.get(partition) != null)) {
                lag.put(
                        group,
                        partitions.stream()
                                .mapToLong(p -> known(last, p) - Math.max(known(first, p), next(offsets.get(p))))
                                .sum());
            }
        });
        return lag;
    }

    /** Where a group that has committed this reads on. */
    private static long next(@Nullable OffsetAndMetadata committed) {
        return committed == null ? 0 : committed.offset();
    }

    private static long known(Map<TopicPartition, Long> offsets, TopicPartition partition) {
        return Objects.requireNonNull(offsets.get(partition), () -> "no offset of " + partition);
    }

    private static Map<String, Long> bytes(Admin admin) {
        Map<String, Long> bytes = new HashMap<>();
        try {
            List<Integer> brokers = Creation.await(admin.describeCluster().nodes()).stream()
                    .map(node -> node.id())
                    .toList();
            Creation.await(admin.describeLogDirs(brokers).allDescriptions())
                    .values()
                    .forEach(dirs -> dirs.values().forEach(dir -> dir.replicaInfos()
                            .forEach((partition, replica) ->
                                    bytes.merge(partition.topic(), replica.size(), Long::sum))));
            return bytes;
        } catch (IllegalStateException | KafkaException e) {
            return Map.of();
        }
    }
}
