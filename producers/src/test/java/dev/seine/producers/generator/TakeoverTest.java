package dev.seine.producers.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.FinishReason;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.Trajectory;
import dev.seine.producers.Cluster;
import dev.seine.producers.generator.ScriptedEngine.Script;
import dev.seine.producers.retrieval.RetrievalService;
import dev.seine.topics.Clients;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rollouts that change hands in the middle, over a real broker. */
final class TakeoverTest {
    private static final GeneratorConfig CONFIG = GeneratorConfig.defaults(6, 200);

    @TempDir
    Path folder;

    /** What each segment was begun from: rollout id and text so far. */
    private final List<String> begun = new ArrayList<>();

    private Bench bench;

    /** Searches twice if it may, then answers. */
    private final Script searchTwice = (id, soFar, sampling) -> {
        begun.add(id + " after " + soFar);
        if (sampling.bannedTokens().length > 0) {
            return "<internal> guess </internal> \\boxed{ guess } <eos>";
        }
        int found = soFar.split("<document>", -1).length - 1;
        return found == 2 ? "\\boxed{ found } <eos>" : "let me <external> capital of X </external>";
    };

    @BeforeEach
    void empty() throws Exception {
        bench = new Bench(folder);
        bench.weights(0);
    }

    @Test
    void aPausedRolloutIsContinuedFromItsLastTurnAndAFinishedOneIsLeftAlone() throws Exception {
        bench.ask(Scripts.question("q", 0, 6, 2));
        try (RolloutGenerator first = generator(bench.clients, "first", Clock.systemUTC())) {
            try (RetrievalService retrieval = bench.retrieval()) {
                Cluster.until(() -> {
                    first.step();
                    retrieval.step();
                    return asked() == 8; // both turns of the four that may search
                });
            }
            Cluster.until(() -> {
                first.step();
                return bench.trajectories().size() == 2;
            });
        }
        List<String> before = List.copyOf(begun);
        bench.weights(1);
        try (RolloutGenerator second = generator(bench.clients, "second", Clock.systemUTC());
                RetrievalService retrieval = bench.retrieval()) {
            Cluster.until(() -> {
                second.step();
                retrieval.step();
                return bench.trajectories().size() == 6;
            });
            assertThat(second.counts().continued()).isEqualTo(4);
            assertThat(second.counts().searches()).isZero();
        }

        // The second generator began the last segment of four rollouts, and nothing else.
        assertThat(begun.subList(before.size(), begun.size())).hasSize(4).allSatisfy(segment -> assertThat(
                        segment.split("<document>", -1))
                .hasSize(3));
        eachRolloutOnce(6);
        eachTurnOnce(8);
        for (Trajectory t : bench.trajectories()) {
            boolean searched = t.getRolloutIndex() < 4;
            assertThat(t.getSearches()).isEqualTo(searched ? 2 : 0);
            assertThat(t.getMinVersion()).isZero();
            assertThat(t.getMaxVersion()).isEqualTo(searched ? 1 : 0);
            assertThat(t.getStartedAtMs()).isPositive();
            assertThat(t.getSampled()).hasSameSizeAs(t.getTokens());
            assertThat(t.getLogprobs().stream().filter(p -> p == -0.5f).count())
                    .isEqualTo(t.getSampled().stream().filter(s -> s).count());
        }
        Map<String, List<Integer>> prefixes = new java.util.HashMap<>();
        bench.requests()
                .forEach(r -> prefixes.put(r.getRolloutId(), r.getSoFar().getTokens()));
        bench.trajectories().stream().filter(t -> t.getSearches() > 0).forEach(t -> assertThat(t.getTokens())
                .startsWith(prefixes.get(t.getRolloutId()).toArray(new Integer[0])));
    }

    @Test
    void aGeneratorThatWasBelievedDeadCanWriteNothingMore() throws Exception {
        bench.ask(Scripts.question("q", 0, 3, 0), Scripts.question("r", 1, 3, 0));
        // A member that does not poll for a second has left its group.
        try (Clients impatient = bench.impatient();
                RolloutGenerator zombie = generator(impatient, "zombie", Clock.systemUTC());
                RetrievalService retrieval = bench.retrieval()) {
            Cluster.until(() -> {
                zombie.step();
                return asked() == 6;
            });
            // Not stepped any more, as if its process were stopped.
            try (RolloutGenerator heir = generator(bench.clients, "heir", Clock.systemUTC())) {
                Cluster.until(() -> {
                    heir.step();
                    retrieval.step();
                    return bench.trajectories().size() == 6;
                });
                assertThat(heir.counts().continued()).isEqualTo(6);
                // It wakes up, finds the answers, writes, and is refused.
                for (int i = 0; i < 200; i++) {
                    zombie.step();
                    heir.step();
                }
                assertThat(zombie.counts().trajectories() + zombie.counts().searches())
                        .isGreaterThanOrEqualTo(6);
            }
        }
        eachRolloutOnce(6);
        eachTurnOnce(12);
    }

    @Test
    void aSearchWhoseDeadlinePassedWhileNobodyHadTheRolloutIsAskedAgain() throws Exception {
        bench.ask(Scripts.question("q", 0, 1, 0));
        Clock yesterday = Clock.offset(Clock.systemUTC(), Duration.ofDays(-1));
        try (RolloutGenerator first = generator(bench.clients, "first", yesterday)) {
            Cluster.until(() -> {
                first.step();
                return asked() == 1;
            });
        }
        try (RolloutGenerator second = generator(bench.clients, "second", Clock.systemUTC());
                RetrievalService retrieval = bench.retrieval()) {
            Cluster.until(() -> {
                second.step();
                retrieval.step();
                return bench.trajectories().size() == 1;
            });
        }
        assertThat(bench.trajectories()).extracting(Trajectory::getFinish).containsExactly(FinishReason.EOS);
        assertThat(bench.requests().subList(0, 2))
                .extracting(RetrievalRequest::getRequestId)
                .containsOnly("q@0#0/0");
        assertThat(bench.requests().get(1).getSoFar())
                .isEqualTo(bench.requests().get(0).getSoFar());
        assertThat(begun).filteredOn(segment -> !segment.contains("<document>")).hasSize(1);
    }

    @Test
    void aRolloutThatKillsEachOfItsGeneratorsEndsWithItsReasonAndTheOthersOfItsPartitionGoOn() throws Exception {
        List<String> ids = idsOfOnePartition(3);
        String poison = ids.get(0);
        bench.ask(
                Scripts.question(poison, 0, 1, 0),
                Scripts.question(ids.get(1), 1, 2, 0),
                Scripts.question(ids.get(2), 2, 1, 0));
        Script script = (id, soFar, sampling) ->
                id.startsWith(poison) ? "oh " + ScriptedEngine.POISON : "a b c \\boxed{ found } <eos>";
        List<RolloutGenerator> dead = new ArrayList<>();
        // A process that is dead does not poll: a second later it has left its group.
        try (Clients impatient = bench.impatient()) {
            while (bench.trajectories().size() < 4) {
                RolloutGenerator next = generator(impatient, "generator", Clock.systemUTC(), script);
                Cluster.until(() -> Bench.dies(next) || bench.trajectories().size() == 4);
                dead.add(next);
            }
            // The question was there before any of them, so three have died of it, and the fourth lives.
            assertThat(dead).hasSize(CONFIG.maxFailures() + 1);
            dead.forEach(RolloutGenerator::close);
        }
        eachRolloutOnce(4);
        assertThat(bench.trajectories()).allSatisfy(t -> {
            boolean poisoned = t.getQuestionId().equals(poison);
            assertThat(t.getFinish()).isEqualTo(poisoned ? FinishReason.ERROR : FinishReason.EOS);
            assertThat(t.getError()).matches(poisoned ? "continued 3 times, and each time its generator died.*" : "");
        });
        Cluster.until(() -> notes().values().stream().allMatch(String::isEmpty));
    }

    @Test
    void aGeneratorThatLeavesInGoodOrderIsNoFailureOfItsRollouts() throws Exception {
        bench.ask(Scripts.question("q", 0, 2, 0));
        Script script = (id, soFar, sampling) -> "a ".repeat(20) + "<eos>";
        for (int i = 0; i < CONFIG.maxFailures() + 2; i++) {
            try (RolloutGenerator next = generator(bench.clients, "generator", Clock.systemUTC(), script)) {
                Cluster.until(() -> {
                    next.step();
                    return next.counts().active() == 2;
                });
                Cluster.until(() -> String.join("", notes().values()).matches("\\d+#0/0\\*1 \\d+#1/0\\*1"));
            }
            Cluster.until(() -> notes().values().stream().allMatch(String::isEmpty));
        }
        try (RolloutGenerator last = generator(bench.clients, "generator", Clock.systemUTC(), script)) {
            Cluster.until(() -> {
                last.step();
                return bench.trajectories().size() == 2;
            });
        }
        assertThat(bench.trajectories()).extracting(Trajectory::getFinish).containsOnly(FinishReason.EOS);
    }

    /** What the group has noted, by partition. */
    private Map<Integer, String> notes() throws Exception {
        return bench
                .clients
                .admin()
                .listConsumerGroupOffsets("generators-" + bench.policy)
                .partitionsToOffsetAndMetadata()
                .get()
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        at -> at.getKey().partition(), at -> at.getValue().metadata()));
    }

    private List<String> idsOfOnePartition(int count) {
        try (EventProducer producer = bench.clients.producer("test")) {
            int partition = producer.partition(Topics.QUESTIONS, "q0");
            return IntStream.iterate(0, i -> i + 1)
                    .mapToObj(i -> "q" + i)
                    .filter(id -> producer.partition(Topics.QUESTIONS, id) == partition)
                    .limit(count)
                    .toList();
        }
    }

    private void eachRolloutOnce(int rollouts) {
        assertThat(bench.trajectories())
                .extracting(Trajectory::getRolloutId)
                .doesNotHaveDuplicates()
                .hasSize(rollouts);
    }

    private void eachTurnOnce(int turns) {
        assertThat(bench.requests())
                .extracting(RetrievalRequest::getRequestId)
                .doesNotHaveDuplicates()
                .hasSize(turns);
    }

    private RolloutGenerator generator(Clients own, String name, Clock clock) {
        return generator(own, name, clock, searchTwice);
    }

    private RolloutGenerator generator(Clients own, String name, Clock clock, Script script) {
        return bench.generator(own, name, new ScriptedEngine(6, bench.words, script), CONFIG, clock);
    }

    private int asked() {
        return bench.requests().size();
    }
}
