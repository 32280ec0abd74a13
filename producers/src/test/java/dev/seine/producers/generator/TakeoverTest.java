package dev.seine.producers.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.FinishReason;
import dev.seine.event.Passage;
import dev.seine.event.Question;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.Trajectory;
import dev.seine.event.WeightsPublished;
import dev.seine.policy.store.LocalStore;
import dev.seine.producers.Cluster;
import dev.seine.producers.generator.ScriptedEngine.Script;
import dev.seine.producers.retrieval.RetrievalConfig;
import dev.seine.producers.retrieval.RetrievalService;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.Event;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rollouts that change hands in the middle, over a real broker. */
final class TakeoverTest {
    private static final GeneratorConfig CONFIG = GeneratorConfig.defaults(6, 200);

    @TempDir
    Path folder;

    private final String policy = Cluster.freshPolicy();
    private final Words words = new Words();
    /** What each segment was begun from: rollout id and text so far. */
    private final List<String> begun = new ArrayList<>();

    private Clients clients;

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
        clients = Cluster.empty();
        weights(0);
    }

    @Test
    void aPausedRolloutIsContinuedFromItsLastTurnAndAFinishedOneIsLeftAlone() throws Exception {
        ask(Scripts.question("q", 0, 6, 2));
        try (RolloutGenerator first = generator(clients, "first", Clock.systemUTC())) {
            try (RetrievalService retrieval = retrieval()) {
                Cluster.until(() -> {
                    first.step();
                    retrieval.step();
                    return asked() == 8; // both turns of the four that may search
                });
            }
            Cluster.until(() -> {
                first.step();
                return trajectories().size() == 2;
            });
        }
        List<String> before = List.copyOf(begun);
        weights(1);
        try (RolloutGenerator second = generator(clients, "second", Clock.systemUTC());
                RetrievalService retrieval = retrieval()) {
            Cluster.until(() -> {
                second.step();
                retrieval.step();
                return trajectories().size() == 6;
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
        for (Trajectory t : trajectories()) {
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
        requests().forEach(r -> prefixes.put(r.getRolloutId(), r.getSoFar().getTokens()));
        trajectories().stream().filter(t -> t.getSearches() > 0).forEach(t -> assertThat(t.getTokens())
                .startsWith(prefixes.get(t.getRolloutId()).toArray(new Integer[0])));
    }

    @Test
    void aGeneratorThatWasBelievedDeadCanWriteNothingMore() throws Exception {
        ask(Scripts.question("q", 0, 3, 0), Scripts.question("r", 1, 3, 0));
        Connection connection = clients.connection();
        // A member that does not poll for a second has left its group.
        try (Clients impatient = new Clients(new Connection(
                        connection.bootstrap(), connection.registry(), Map.of("max.poll.interval.ms", "1000")));
                RolloutGenerator zombie = generator(impatient, "zombie", Clock.systemUTC());
                RetrievalService retrieval = retrieval()) {
            Cluster.until(() -> {
                zombie.step();
                return asked() == 6;
            });
            // Not stepped any more, as if its process were stopped.
            try (RolloutGenerator heir = generator(clients, "heir", Clock.systemUTC())) {
                Cluster.until(() -> {
                    heir.step();
                    retrieval.step();
                    return trajectories().size() == 6;
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
        ask(Scripts.question("q", 0, 1, 0));
        Clock yesterday = Clock.offset(Clock.systemUTC(), Duration.ofDays(-1));
        try (RolloutGenerator first = generator(clients, "first", yesterday)) {
            Cluster.until(() -> {
                first.step();
                return asked() == 1;
            });
        }
        try (RolloutGenerator second = generator(clients, "second", Clock.systemUTC());
                RetrievalService retrieval = retrieval()) {
            Cluster.until(() -> {
                second.step();
                retrieval.step();
                return trajectories().size() == 1;
            });
        }
        assertThat(trajectories()).extracting(Trajectory::getFinish).containsExactly(FinishReason.EOS);
        assertThat(requests().subList(0, 2))
                .extracting(RetrievalRequest::getRequestId)
                .containsOnly("q@0#0/0");
        assertThat(requests().get(1).getSoFar()).isEqualTo(requests().get(0).getSoFar());
        assertThat(begun).filteredOn(segment -> !segment.contains("<document>")).hasSize(1);
    }

    private void eachRolloutOnce(int rollouts) {
        assertThat(trajectories())
                .extracting(Trajectory::getRolloutId)
                .doesNotHaveDuplicates()
                .hasSize(rollouts);
    }

    private void eachTurnOnce(int turns) {
        assertThat(requests())
                .extracting(RetrievalRequest::getRequestId)
                .doesNotHaveDuplicates()
                .hasSize(turns);
    }

    private RolloutGenerator generator(Clients own, String name, Clock clock) {
        WeightsFollower follower =
                new WeightsFollower(own, policy, name, new LocalStore(folder), "tokenizer", "config");
        return new RolloutGenerator(
                own, name, new ScriptedEngine(6, words, searchTwice), words, follower, CONFIG, 1, clock);
    }

    private RetrievalService retrieval() {
        return new RetrievalService(
                clients,
                "retrieval-test",
                (query, k) -> List.of(Passage.newBuilder()
                        .setId("p1")
                        .setTitle("X")
                        .setText("X is found")
                        .setScore(1)
                        .build()),
                RetrievalConfig.defaults(),
                Clock.systemUTC());
    }

    private int asked() {
        return requests().size();
    }

    private List<RetrievalRequest> requests() {
        return Cluster.all(clients, Topics.RETRIEVAL_REQUESTS).stream()
                .map(Event::value)
                .toList();
    }

    private List<Trajectory> trajectories() {
        return Cluster.all(clients, Topics.TRAJECTORIES).stream()
                .map(Event::value)
                .toList();
    }

    private void ask(Question... questions) {
        try (EventProducer producer = clients.producer("test")) {
            for (Question question : questions) {
                producer.send(Topics.QUESTIONS, question.getId(), question);
            }
        }
    }

    private void weights(long version) throws Exception {
        Path file = folder.resolve("v" + version);
        Files.writeString(file, "weights");
        Cluster.publish(
                clients,
                WeightsPublished.newBuilder(Cluster.weights(policy, version, "rl"))
                        .setUri(file.toUri().toString())
                        .setSha256("good")
                        .build());
    }
}
