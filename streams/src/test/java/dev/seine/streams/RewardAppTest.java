package dev.seine.streams;

import static dev.seine.streams.Sample.rollout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.seine.event.GroupClose;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.schemas.RegistryException;
import dev.seine.streams.memory.RuleBasedRewriter;
import dev.seine.streams.reward.Recipe;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewardAppTest {
    private static final Duration WAIT = Duration.ofSeconds(40);
    private static final int GROUPS = 40;
    private static final int SIZE = 4;

    @TempDir
    Path folder;

    @Test
    void everyTrajectoryIsScoredOnceAcrossARestartThatLosesTheStateFolder() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrap());
                Clients clients = new Clients(Connection.of(broker.bootstrap(), registry.url()))) {
            clients.createTopics();
            List<Trajectory> log = shuffledWithDuplicates();
            List<Trajectory> first = log.subList(0, log.size() / 2);
            List<Trajectory> second = log.subList(log.size() / 2, log.size());
            send(clients, first);
            try (RewardApp app = app(clients, "state-1")) {
                await().atMost(WAIT).until(() -> seen(app.counts()) == first.size());
            }
            send(clients, second);
            try (RewardApp app = app(clients, "state-2")) {
                await().atMost(WAIT).until(() -> seen(app.counts()) == second.size());
                assertThat(app.running()).isTrue();
                assertThat(app.step()).isEqualTo(app.counts().scored());
                assertThat(app.step()).isZero();
            }
            List<ScoredTrajectory> scored = read(clients);
            assertThat(scored)
                    .extracting(each -> each.getTrajectory().getRolloutId())
                    .doesNotHaveDuplicates()
                    .hasSize(GROUPS * SIZE);
            assertThat(scored).allMatch(each -> each.getClosedBy() == GroupClose.COUNT);
        }
    }

    @Test
    void theEpochsOfAQuestionAreScoredIntoOnePartition() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrap());
                Clients clients = new Clients(Connection.of(broker.bootstrap(), registry.url()))) {
            clients.createTopics();
            try (EventProducer producer = clients.producer("test")) {
                for (int epoch = 0; epoch < 2; epoch++) {
                    for (int question = 0; question < 12; question++) {
                        Trajectory each = Sample.inEpoch(rollout("q" + question, 0, 1, 1, "Paris"), epoch)
                                .build();
                        int partition = producer.partition(Topics.TRAJECTORIES, each.getQuestionId());
                        producer.send(Topics.TRAJECTORIES, partition, each.getGroupId(), each);
                    }
                }
                producer.flush();
            }
            Map<String, Set<Integer>> partitions = new HashMap<>();
            try (RewardApp app = app(clients, "state");
                    EventConsumer<ScoredTrajectory> log = clients.assign(Topics.SCORED_TRAJECTORIES, "test")) {
                int[] seen = {0};
                await().atMost(WAIT).until(() -> {
                    for (Event<ScoredTrajectory> event : log.poll(Duration.ofMillis(200))) {
                        String question = event.value().getTrajectory().getQuestionId();
                        partitions
                                .computeIfAbsent(question, q -> new HashSet<>())
                                .add(event.partition());
                        seen[0]++;
                    }
                    return seen[0] == 24;
                });
                assertThat(app.running()).isTrue();
            }
            assertThat(partitions).hasSize(12).allSatisfy((question, in) -> assertThat(in)
                    .hasSize(1));
            assertThat(partitions.values().stream().distinct()).hasSizeGreaterThan(1);
        }
    }

    @Test
    void onlyWhatMayPassIsTriedAgain() {
        assertThat(RewardApp.transientFailure(new StreamsException("x", new TimeoutException("y"))))
                .isTrue();
        assertThat(RewardApp.transientFailure(new StreamsException("x", new RegistryException(0, 0, "y", null))))
                .isTrue();
        assertThat(RewardApp.transientFailure(new StreamsException("x", new RegistryException(422, 422, "y", null))))
                .isFalse();
        assertThat(RewardApp.transientFailure(new IllegalStateException("x"))).isFalse();
    }

    private RewardApp app(Clients clients, String state) {
        return RewardApp.start(
                clients,
                Recipe.R1_SEARCHER_PLUS.rewards(),
                new RuleBasedRewriter(),
                RewardAppConfig.of("rewards", folder.resolve(state)));
    }

    private static long seen(RewardCounters.Counts counts) {
        return counts.accepted() + counts.duplicate() + counts.late() + counts.rejected();
    }

    private static List<Trajectory> shuffledWithDuplicates() {
        List<Trajectory> log = new ArrayList<>();
        for (int group = 0; group < GROUPS; group++) {
            for (int index = 0; index < SIZE; index++) {
                Trajectory trajectory =
                        rollout("q" + group, index, SIZE, index, "Paris").build();
                log.add(trajectory);
                if (group % 10 == 0) {
                    log.add(trajectory);
                }
            }
        }
        Collections.shuffle(log, new Random(1));
        return log;
    }

    private static void send(Clients clients, List<Trajectory> trajectories) {
        try (EventProducer producer = clients.producer("test")) {
            trajectories.forEach(each -> producer.send(Topics.TRAJECTORIES, each.getGroupId(), each));
            producer.flush();
        }
    }

    private static List<ScoredTrajectory> read(Clients clients) {
        List<ScoredTrajectory> scored = new ArrayList<>();
        try (EventConsumer<ScoredTrajectory> consumer = clients.assign(Topics.SCORED_TRAJECTORIES, "test")) {
            await().atMost(WAIT).until(() -> {
                consumer.poll(Duration.ofMillis(200)).stream().map(Event::value).forEach(scored::add);
                return consumer.positions().equals(consumer.endOffsets());
            });
        }
        return scored;
    }
}
