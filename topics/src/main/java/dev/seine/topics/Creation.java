package dev.seine.topics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes the topics that are not there, and refuses those that cannot work. */
final class Creation {
    private static final int KNOWN_ATTEMPTS = 100;
    private static final Duration KNOWN_PAUSE = Duration.ofMillis(100);

    private Creation() {}

    /** Fails unless a broker answers in time. */
    static void check(Admin admin, Connection connection, Duration patience) {
        int ms = Math.toIntExact(patience.toMillis());
        try {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs(ms))
                    .nodes()
                    .get(ms + 500L, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e instanceof ExecutionException failed ? cause(failed) : e;
            String why = cause instanceof org.apache.kafka.common.errors.TimeoutException || cause == e
                    ? ""
                    : " (" + cause.getMessage() + ")";
            throw new IllegalStateException(
                    "no broker at " + connection.bootstrap() + " within " + patience.toMillis() / 1000.0 + " s" + why
                            + "; start one or leave --bootstrap out",
                    cause);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    static void create(Admin admin) {
        Set<String> names = new TreeSet<>(await(admin.listTopics().names()));
        names.retainAll(Topics.ALL.stream().map(Topic::name).toList());
        Map<String, Integer> partitions = new HashMap<>();
        await(admin.describeTopics(names).allTopicNames())
                .forEach((name, description) ->
                        partitions.put(name, description.partitions().size()));
        checkPartitions(partitions);
        List<NewTopic> missing = new ArrayList<>();
        for (Topic<?> topic : Topics.ALL) {
            if (!partitions.containsKey(topic.name())) {
                missing.add(newTopic(topic, partitionsFor(topic, partitions)));
            }
        }
        admin.createTopics(missing).values().values().forEach(Creation::createdByAnyone);
        awaitKnown(admin);
    }

    /** The controller knows new topics at once, the brokers of a cluster a moment later. */
    private static void awaitKnown(Admin admin) {
        List<String> all = Topics.ALL.stream().map(Topic::name).toList();
        for (int attempt = 1; ; attempt++) {
            try {
                await(admin.describeTopics(all).allTopicNames());
                return;
            } catch (IllegalStateException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || attempt == KNOWN_ATTEMPTS) {
                    throw e;
                }
                LockSupport.parkNanos(KNOWN_PAUSE.toNanos());
            }
        }
    }

    /** Makes one topic unless it is there. */
    static void createOne(Admin admin, String name, int partitions, Retention retention) {
        createdByAnyone(admin.createTopics(List.of(
                        new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(retention.settings())))
                .all());
    }

    /** Makes a topic with the partitions of another. */
    static void createBeside(Admin admin, Topic<?> there, Topic<?> beside) {
        createdByAnyone(admin.createTopics(List.of(newTopic(beside, partitions(admin, there))))
                .all());
    }

    /** How many partitions a topic has. */
    static int partitions(Admin admin, Topic<?> topic) {
        var described = await(admin.describeTopics(List.of(topic.name())).allTopicNames());
        return Objects.requireNonNull(described.get(topic.name()), () -> "no topic " + topic)
                .partitions()
                .size();
    }

    /** Topics read together have equally many partitions, ordered ones exactly one. */
    static void checkPartitions(Map<String, Integer> partitions) {
        Topics.CO_PARTITIONED.forEach(topics -> checkEqual(topics, partitions));
        for (Topic<?> topic : Topics.ALL) {
            int got = partitions.getOrDefault(topic.name(), topic.partitions());
            if (topic.partitions() == 1 && got != 1) {
                throw new IllegalStateException(
                        "topic " + topic + " must have 1 partition, since its order matters, got " + got);
            }
        }
    }

    private static void checkEqual(List<Topic<?>> topics, Map<String, Integer> partitions) {
        Map<Integer, List<String>> together = new HashMap<>();
        for (Topic<?> topic : topics) {
            if (partitions.containsKey(topic.name())) {
                together.computeIfAbsent(partitions.get(topic.name()), n -> new ArrayList<>())
                        .add(topic.name());
            }
        }
        if (together.size() > 1) {
            throw new IllegalStateException("topics " + topics + " must have equally many partitions, got " + together);
        }
    }

    private static int partitionsFor(Topic<?> topic, Map<String, Integer> existing) {
        return Topics.CO_PARTITIONED.stream()
                .filter(together -> together.contains(topic))
                .flatMap(List::stream)
                .filter(other -> existing.containsKey(other.name()))
                .mapToInt(other -> existing.get(other.name()))
                .findFirst()
                .orElse(topic.partitions());
    }

    private static NewTopic newTopic(Topic<?> topic, int partitions) {
        return new NewTopic(topic.name(), Optional.of(partitions), Optional.empty()).configs(topic.settings());
    }

    /** Another process may make the same topics at the same time. */
    private static void createdByAnyone(KafkaFuture<Void> created) {
        try {
            created.get();
        } catch (ExecutionException e) {
            Throwable cause = cause(e);
            if (!(cause instanceof TopicExistsException)) {
                throw new IllegalStateException("cannot make a topic: " + cause.getMessage(), cause);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** The future's value; its failure as an unchecked exception. */
    static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            Throwable cause = cause(e);
            throw new IllegalStateException("the broker refused: " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static Throwable cause(ExecutionException e) {
        return Objects.requireNonNullElse(e.getCause(), e);
    }

    static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while waiting for the broker", e);
    }
}
