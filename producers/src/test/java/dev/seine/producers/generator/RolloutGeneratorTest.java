package dev.seine.producers.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.FinishReason;
import dev.seine.event.Passage;
import dev.seine.event.Question;
import dev.seine.event.Rejection;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.Trajectory;
import dev.seine.event.WeightsPublished;
import dev.seine.policy.store.LocalStore;
import dev.seine.producers.Cluster;
import dev.seine.producers.retrieval.RetrievalConfig;
import dev.seine.producers.retrieval.RetrievalService;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import dev.seine.topics.Trace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RolloutGeneratorTest {
    @TempDir
    Path folder;

    private final String policy = Cluster.freshPolicy();
    private final Words words = new Words();
    private Clients clients;

    @BeforeEach
    void empty() throws Exception {
        clients = Cluster.empty();
    }

    private ScriptedEngine engine(ScriptedEngine.Script script) {
        return new ScriptedEngine(4, words, script);
    }

    private RolloutGenerator generator(String name, ScriptedEngine engine, GeneratorConfig config) {
        WeightsFollower follower =
                new WeightsFollower(clients, policy, name, new LocalStore(folder), "tokenizer", "config");
        return new RolloutGenerator(clients, name, engine, words, follower, config, 1, Clock.systemUTC());
    }

    private RolloutGenerator generator(ScriptedEngine engine) {
        return generator("generator", engine, GeneratorConfig.defaults(4, 200));
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

    private void ask(Question... questions) {
        try (EventProducer producer = clients.producer("test")) {
            for (Question question : questions) {
                producer.send(Topics.QUESTIONS, question.getId(), question);
            }
        }
    }

    private void askMany(int count, int groupSize) {
        ask(IntStream.range(0, count)
                .mapToObj(i -> Scripts.question("q" + i, i, groupSize, 0))
                .toArray(Question[]::new));
    }

    private List<Trajectory> trajectories() {
        return Cluster.all(clients, Topics.TRAJECTORIES).stream()
                .map(Event::value)
                .toList();
    }

    /** Questions whose offset is not committed. */
    private long uncommitted() throws Exception {
        Map<TopicPartition, OffsetAndMetadata> committed = clients.admin()
                .listConsumerGroupOffsets("generators-" + policy)
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, Long> first = offsets(OffsetSpec.earliest());
        return offsets(OffsetSpec.latest()).entrySet().stream()
                .mapToLong(end -> {
                    OffsetAndMetadata next = committed.get(end.getKey());
                    return end.getValue() - (next == null ? first.get(end.getKey()) : next.offset());
                })
                .sum();
    }

    private Map<TopicPartition, Long> offsets(OffsetSpec which) throws Exception {
        Map<TopicPartition, OffsetSpec> wanted = IntStream.range(0, Topics.QUESTIONS.partitions())
                .boxed()
                .collect(Collectors.toMap(p -> new TopicPartition("questions", p), p -> which));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        clients.admin().listOffsets(wanted).all().get().forEach((at, offset) -> offsets.put(at, offset.offset()));
        return offsets;
    }

    @Test
    void aGroupSearchesComesBackAndIsCompleteAndThenItsOffsetIsCommitted() throws Exception {
        weights(3);
        ask(Scripts.question("q", 7, 6, 2));
        try (RolloutGenerator generator = generator(engine(Scripts.SEARCH_ONCE));
                RetrievalService retrieval = retrieval()) {
            // Without an answer to its searches the group stays open; 4 of 6 rollouts have a slot.
            Cluster.until(() -> {
                generator.step();
                return generator.counts().waiting() == 4;
            });
            assertThat(uncommitted()).isEqualTo(1);
            Cluster.until(() -> {
                retrieval.step();
                generator.step();
                return generator.counts().trajectories() == 6;
            });
            Cluster.until(() -> {
                generator.step();
                return uncommitted() == 0;
            });
            assertThat(generator.step()).isZero();
        }
        List<Event<Trajectory>> events = Cluster.all(clients, Topics.TRAJECTORIES);
        assertThat(events).extracting(Event::key).containsOnly("q@0");
        assertThat(trajectories())
                .extracting(Trajectory::getRolloutId)
                .containsExactlyInAnyOrder("q@0#0", "q@0#1", "q@0#2", "q@0#3", "q@0#4", "q@0#5");
        for (Trajectory trajectory : trajectories()) {
            boolean closedBook = trajectory.getRolloutIndex() >= 4;
            assertThat(trajectory.getSearches()).isEqualTo(closedBook ? 0 : 1);
            assertThat(trajectory.getBannedTokens())
                    .isEqualTo(closedBook ? List.of(words.id("<external>")) : List.of());
            assertThat(trajectory.getText()).endsWith(closedBook ? "\\boxed{ guess }" : "\\boxed{ found }");
            assertThat(trajectory.getFinish()).isEqualTo(FinishReason.EOS);
            assertThat(trajectory.getMaxVersion()).isEqualTo(3);
            assertThat(trajectory.getPolicy()).isEqualTo(policy);
            assertThat(trajectory.getSeq()).isEqualTo(7);
            assertThat(trajectory.getHops()).isEqualTo(2);
        }
        Event<RetrievalRequest> request =
                Cluster.all(clients, Topics.RETRIEVAL_REQUESTS).get(0);
        assertThat(request.key()).isEqualTo("q");
        assertThat(request.value().getRequestId()).matches("q@0#[0-3]/0");
        assertThat(request.partition())
                .isEqualTo(Cluster.all(clients, Topics.QUESTIONS).get(0).partition());
    }

    @Test
    void aTraceGoesFromTheQuestionThroughItsSearchesToItsTrajectories() throws Exception {
        String id = "4bf92f3577b34da6a3ce929d0e0e4736";
        byte[] parent = ("00-" + id + "-00f067aa0ba902b7-01").getBytes(StandardCharsets.UTF_8);
        weights(0);
        Trace.of(new RecordHeaders().add("traceparent", parent)).within(() -> ask(Scripts.question("traced", 0, 2, 0)));
        ask(Scripts.question("other", 1, 2, 0));
        try (RolloutGenerator generator = generator(engine(Scripts.SEARCH_ONCE));
                RetrievalService retrieval = retrieval()) {
            Cluster.until(() -> {
                retrieval.step();
                generator.step();
                return uncommitted() == 0;
            });
        }
        // two rollouts of each question, with a search each
        for (Topic<?> topic : List.of(Topics.RETRIEVAL_REQUESTS, Topics.RETRIEVAL_RESPONSES, Topics.TRAJECTORIES)) {
            assertThat(Cluster.all(clients, topic))
                    .extracting(event -> event.key().startsWith("traced") + " "
                            + event.trace().id())
                    .containsExactlyInAnyOrder("true " + id, "true " + id, "false ", "false ");
        }
    }

    @Test
    void nothingStartsBeforeTheFirstWeights() throws Exception {
        ScriptedEngine engine = engine(Scripts.SEARCH_ONCE);
        askMany(3, 1);
        try (RolloutGenerator generator = generator(engine)) {
            for (int i = 0; i < 300; i++) {
                generator.step();
            }
            assertThat(engine.started).isEmpty();
            weights(0);
            Cluster.until(() -> {
                generator.step();
                return engine.started.size() == 3;
            });
        }
        assertThat(engine.closed()).isTrue();
    }

    @Test
    void aQuestionThatCannotBeUsedIsRejectedAndCommitted() throws Exception {
        weights(0);
        Question empty = Question.newBuilder(Scripts.question("empty", 0, 1, 0))
                .setText("  ")
                .build();
        Question big = Question.newBuilder(Scripts.question("big", 1, 1, 0))
                .setText("word ".repeat(300))
                .build();
        ask(empty, big, Scripts.question("none", 2, 0, 0), Scripts.question("good", 3, 1, 1));
        try (RolloutGenerator generator = generator(engine(Scripts.SEARCH_ONCE))) {
            Cluster.until(() -> {
                generator.step();
                return uncommitted() == 0;
            });
            assertThat(generator.counts().rejected()).isEqualTo(3);
        }
        assertThat(trajectories()).extracting(Trajectory::getQuestionId).containsExactly("good");
        List<Rejection> rejections = Cluster.all(clients, Topics.REJECTIONS).stream()
                .map(Event::value)
                .toList();
        assertThat(rejections)
                .extracting(Rejection::getCause)
                .containsExactlyInAnyOrder(
                        "empty: text is empty",
                        "big: prompt must have 1 to 199 tokens, got 302",
                        "none: group size must be 1 to 4096, got 0");
        Rejection rejection = rejections.stream()
                .filter(r -> r.getCause().startsWith("empty"))
                .findFirst()
                .orElseThrow();
        assertThat(StandardCharsets.UTF_8.decode(rejection.getKey().duplicate()).toString())
                .isEqualTo("empty");
        byte[] value = new byte[rejection.getValue().remaining()];
        rejection.getValue().duplicate().get(value);
        assertThat(clients.serde(Topics.QUESTIONS).deserializer().deserialize("questions", value))
                .isEqualTo(empty);
    }

    @Test
    void aSearchThatNobodyAnswersEndsAsTimeout() throws Exception {
        weights(0);
        ask(Scripts.question("q", 0, 2, 1));
        GeneratorConfig patient = GeneratorConfig.defaults(4, 200);
        GeneratorConfig hasty = new GeneratorConfig(
                4,
                8,
                1,
                1,
                200,
                8,
                5,
                Duration.ofMillis(30),
                patient.rolloutTimeout(),
                patient.maxFailures(),
                patient.promptTemplate(),
                patient.dialect(),
                1_000,
                4_000);
        try (RolloutGenerator generator = generator("generator", engine(Scripts.SEARCH_ONCE), hasty)) {
            Cluster.until(() -> {
                generator.step();
                return uncommitted() == 0;
            });
        }
        assertThat(trajectories())
                .extracting(Trajectory::getFinish)
                .containsExactlyInAnyOrder(FinishReason.TIMEOUT, FinishReason.EOS);
    }

    @Test
    void enoughQueuedRolloutsStopTheReadingOfQuestions() throws Exception {
        weights(0);
        askMany(4, 4);
        try (RolloutGenerator generator = generator(engine(Scripts.SEARCH_ONCE));
                RetrievalService retrieval = retrieval()) {
            // 4 rollouts wait for passages, and of the 12 others 8 are enough.
            Cluster.until(() -> {
                generator.step();
                return generator.counts().queued() >= 8;
            });
            long read = generator.counts().questions();
            ask(Scripts.question("later", 9, 1, 0));
            for (int i = 0; i < 100; i++) {
                generator.step();
            }
            assertThat(generator.counts().questions()).isEqualTo(read);
            Cluster.until(() -> {
                retrieval.step();
                generator.step();
                return generator.counts().trajectories() == 17;
            });
        }
        assertThat(trajectories())
                .extracting(Trajectory::getRolloutId)
                .doesNotHaveDuplicates()
                .hasSize(17);
    }

    @Test
    void anotherGeneratorTakesOverWhatAStoppedOneLeftUnfinished() throws Exception {
        weights(0);
        askMany(6, 2);
        Set<String> everything = IntStream.range(0, 12)
                .mapToObj(i -> "q" + i / 2 + "@0#" + i % 2)
                .collect(Collectors.toSet());
        ScriptedEngine first = engine(Scripts.SEARCH_ONCE);
        try (RolloutGenerator generator = generator("first", first, GeneratorConfig.defaults(4, 200))) {
            Cluster.until(() -> {
                generator.step();
                return generator.counts().waiting() == 4;
            });
        }
        assertThat(trajectories()).isEmpty();
        assertThat(uncommitted()).isEqualTo(6);
        try (RolloutGenerator generator =
                        generator("second", engine(Scripts.SEARCH_ONCE), GeneratorConfig.defaults(4, 200));
                RetrievalService retrieval = retrieval()) {
            Cluster.until(() -> {
                retrieval.step();
                generator.step();
                return uncommitted() == 0;
            });
        }
        assertThat(trajectories()).extracting(Trajectory::getRolloutId).containsExactlyInAnyOrderElementsOf(everything);
    }

    @Test
    void aSecondGeneratorSharesThePartitionsAndEveryGroupIsStillComplete() throws Exception {
        weights(0);
        askMany(12, 2);
        ScriptedEngine one = engine(Scripts.SEARCH_ONCE);
        ScriptedEngine two = engine(Scripts.SEARCH_ONCE);
        try (RolloutGenerator first = generator("first", one, GeneratorConfig.defaults(4, 200));
                RetrievalService retrieval = retrieval()) {
            Cluster.until(() -> {
                first.step();
                return first.counts().waiting() == 4;
            });
            try (RolloutGenerator second = generator("second", two, GeneratorConfig.defaults(4, 200))) {
                Cluster.until(() -> {
                    first.step();
                    second.step();
                    return !two.started.isEmpty() && two.running() == 0;
                });
                Cluster.until(() -> {
                    retrieval.step();
                    first.step();
                    second.step();
                    return uncommitted() == 0;
                });
            }
        }
        assertThat(trajectories())
                .extracting(Trajectory::getRolloutId)
                .doesNotHaveDuplicates()
                .hasSize(24);
        assertThat(trajectories()).allSatisfy(trajectory -> {
            assertThat(trajectory.getFinish()).isEqualTo(FinishReason.EOS);
            assertThat(trajectory.getSearches()).isEqualTo(1);
        });
    }
}
