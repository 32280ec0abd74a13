package dev.seine.producers.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.event.Passage;
import dev.seine.event.Question;
import dev.seine.event.WeightsPublished;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.store.LocalStore;
import dev.seine.policy.store.RunStore;
import dev.seine.policy.store.Sought;
import dev.seine.producers.Cluster;
import dev.seine.producers.retrieval.RetrievalConfig;
import dev.seine.producers.retrieval.RetrievalService;
import dev.seine.schemas.LiveQuestions;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.Event;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AnswerGeneratorTest {
    /** Thinks, searches once, and answers; wherever it is taken up, it goes on with the next word. */
    private static final String BEFORE = "let me think <external> capital of X </external>";

    private static final String AFTER = "so \\boxed{ it is found } <eos>";

    @TempDir
    Path folder;

    private final String policy = Cluster.freshPolicy();
    private final Words words = new Words();
    private Clients clients;

    @BeforeEach
    void empty() throws Exception {
        clients = Cluster.empty();
    }

    private ScriptedEngine engine() {
        return new ScriptedEngine(4, words, (id, soFar, sampling) -> {
            String said = soFar.substring(soFar.indexOf("Answer:") + "Answer:".length());
            int shown = said.indexOf("</document>");
            String whole = shown < 0 ? BEFORE : AFTER;
            String turn = (shown < 0 ? said : said.substring(shown + "</document>".length())).strip();
            assertThat(whole).startsWith(turn);
            return whole.substring(turn.length()).strip();
        });
    }

    private AnswerGenerator generator(Clients by, String name, SequenceEngine... engines) {
        return generator(by, name, new LocalStore(folder), engines);
    }

    private AnswerGenerator generator(Clients by, String name, RunStore store, SequenceEngine... engines) {
        return new AnswerGenerator(
                by,
                name,
                List.of(engines),
                words,
                new NewestWeights(by, policy, name),
                new WeightsLoader(store, "tokenizer", "config"),
                GeneratorConfig.defaults(4, 200),
                1,
                Clock.systemUTC());
    }

    private RetrievalService retrieval() {
        return new RetrievalService(
                clients,
                "retrieval-live",
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

    private Question live(String id) {
        return Question.newBuilder()
                .setId(id)
                .setText("What is " + id + "?")
                .setSource(LiveQuestions.SOURCE)
                .setPolicy(policy)
                .setAtMs(System.currentTimeMillis())
                .build();
    }

    private void ask(Question... questions) {
        try (EventProducer producer = clients.producer("test")) {
            for (Question question : questions) {
                producer.send(Topics.QUESTIONS, question.getId(), question);
            }
        }
    }

    private Map<String, List<AnswerEvent>> told() {
        return Cluster.all(clients, Topics.ANSWER_EVENTS).stream()
                .map(Event::value)
                .collect(Collectors.groupingBy(AnswerEvent::getAnswerId));
    }

    private static String text(List<AnswerEvent> events, AnswerEventKind kind) {
        return events.stream()
                .filter(event -> event.getKind() == kind)
                .map(AnswerEvent::getText)
                .collect(Collectors.joining());
    }

    /** Every event once and in order, one version, and the whole of what the script says. */
    private void whole(List<AnswerEvent> events, long version) {
        assertThat(events)
                .extracting(AnswerEvent::getIndex)
                .containsExactlyElementsOf(
                        IntStream.range(0, events.size()).boxed().toList());
        assertThat(events).extracting(AnswerEvent::getPolicyVersion).containsOnly(version);
        assertThat(events.get(0).getKind()).isEqualTo(AnswerEventKind.STARTED);
        assertThat(events.get(0).getWeights().getVersion()).isEqualTo(version);
        assertThat(text(events, AnswerEventKind.SEARCH)).isEqualTo("capital of X");
        assertThat(text(events, AnswerEventKind.TEXT)).isEqualTo("it is found");
        AnswerEvent last = events.get(events.size() - 1);
        assertThat(last.getKind()).isEqualTo(AnswerEventKind.FINISHED);
        assertThat(last.getText()).isEqualTo("it is found");
        assertThat(last.getUsage().getSearches()).isEqualTo(1);
        List<Integer> tokens =
                events.stream().flatMap(e -> e.getTokens().stream()).toList();
        assertThat(words.decode(tokens.stream().mapToInt(Integer::intValue).toArray()))
                .startsWith(BEFORE + " <document>")
                .endsWith("</document> " + AFTER);
        // BEFORE has 8 words, AFTER 7
        assertThat(last.getUsage().getSampledTokens()).isEqualTo(15);
    }

    @Test
    void aLiveAnswerIsToldInOrderAndNothingOfItIsATrajectory() throws Exception {
        weights(3);
        ask(Scripts.question("training", 0, 4, 0), live("a"), live("b"));
        try (AnswerGenerator generator = generator(clients, "one", engine(), engine());
                RetrievalService retrieval = retrieval()) {
            Cluster.until(() -> {
                generator.step();
                retrieval.step();
                return generator.counts().finished() == 2;
            });
        }
        assertThat(told()).containsOnlyKeys("a", "b").allSatisfy((id, events) -> whole(events, 3));
        assertThat(Cluster.all(clients, Topics.TRAJECTORIES)).isEmpty();
        assertThat(Cluster.all(clients, Topics.RETRIEVAL_REQUESTS))
                .allSatisfy(request -> assertThat(request.value().getLive()).isTrue());
    }

    @Test
    void aTrainingGeneratorLeavesLiveQuestionsAlone() throws Exception {
        weights(3);
        ask(live("a"), Scripts.question("training", 0, 1, 1));
        WeightsFollower follower =
                new WeightsFollower(clients, policy, "trainer", new LocalStore(folder), "tokenizer", "config");
        try (RolloutGenerator generator = new RolloutGenerator(
                clients,
                "trainer",
                new ScriptedEngine(4, words, Scripts.SEARCH_ONCE),
                words,
                follower,
                GeneratorConfig.defaults(4, 200),
                1,
                Clock.systemUTC())) {
            Cluster.until(() -> {
                generator.step();
                return generator.counts().trajectories() == 1;
            });
            assertThat(generator.counts().questions()).isEqualTo(1);
        }
    }

    @Test
    void anAnswerKeepsTheWeightsItBeganWith() throws Exception {
        weights(1);
        ask(live("early"));
        try (AnswerGenerator generator = generator(clients, "one", engine(), engine());
                RetrievalService retrieval = retrieval()) {
            Cluster.until(() -> {
                generator.step();
                return generator.counts().active() == 1;
            });
            weights(2);
            Cluster.until(() -> {
                generator.step();
                return generator.counts().version() == 2;
            });
            ask(live("late"));
            Cluster.until(() -> {
                generator.step();
                retrieval.step();
                return generator.counts().finished() == 2;
            });
        }
        Map<String, List<AnswerEvent>> told = told();
        whole(told.get("early"), 1);
        whole(told.get("late"), 2);
    }

    @Test
    void anAnswerLeftInTheMiddleOfATurnGoesOnAfterItsLastEventWithItsOwnWeights() throws Exception {
        weights(1);
        ask(live("a"));
        // A member that does not poll for a second has left its group: as good as killed.
        Connection connection = clients.connection();
        try (Clients impatient = new Clients(new Connection(
                        connection.bootstrap(), connection.registry(), Map.of("max.poll.interval.ms", "1000")));
                AnswerGenerator zombie = generator(impatient, "zombie", engine(), engine());
                RetrievalService retrieval = retrieval()) {
            Cluster.until(() -> {
                zombie.step();
                return told().getOrDefault("a", List.of()).size() >= 2;
            });
            weights(2);
            try (AnswerGenerator heir = generator(clients, "heir", engine(), engine())) {
                Cluster.until(() -> {
                    heir.step();
                    retrieval.step();
                    return heir.counts().finished() == 1;
                });
                assertThat(heir.counts().continued()).isEqualTo(1);
                for (int i = 0; i < 50; i++) {
                    zombie.step(); // it wakes up, and is refused
                }
            }
        }
        assertThat(told()).containsOnlyKeys("a");
        whole(told().get("a"), 1);
    }

    @Test
    void anAnswerWaitsForItsOwnWeightsWhileTheyAreFetched() throws Exception {
        weights(1);
        ask(live("a"));
        try (AnswerGenerator first = generator(clients, "first", engine(), engine())) {
            Cluster.until(() -> {
                first.step();
                return !Cluster.all(clients, Topics.RETRIEVAL_REQUESTS).isEmpty();
            });
        }
        weights(2);
        LocalStore local = new LocalStore(folder);
        AtomicInteger asked = new AtomicInteger();
        RunStore slow =
                new SlowStore(pointer -> asked.incrementAndGet() <= 20 ? new Sought.Coming() : local.find(pointer));
        try (AnswerGenerator second = generator(clients, "second", slow, engine(), engine());
                RetrievalService retrieval = retrieval()) {
            Cluster.until(() -> {
                second.step();
                retrieval.step();
                return second.counts().finished() == 1;
            });
        }
        assertThat(asked.get()).isGreaterThan(20);
        whole(told().get("a"), 1);
    }

    @Test
    void aSearchThatWasLeftUnansweredIsAskedAgain() throws Exception {
        weights(1);
        ask(live("a"));
        try (AnswerGenerator first = generator(clients, "first", engine(), engine())) {
            Cluster.until(() -> {
                first.step();
                return !Cluster.all(clients, Topics.RETRIEVAL_REQUESTS).isEmpty();
            });
        }
        try (AnswerGenerator second = generator(clients, "second", engine(), engine());
                RetrievalService retrieval = retrieval()) {
            Cluster.until(() -> {
                second.step();
                retrieval.step();
                return second.counts().finished() == 1;
            });
        }
        whole(told().get("a"), 1);
    }

    @Test
    void aQuestionTakenBackEndsAndFreesItsSlot() throws Exception {
        weights(1);
        ask(live("a"));
        try (AnswerGenerator generator = generator(clients, "one", engine(), engine())) {
            Cluster.until(() -> {
                generator.step();
                return generator.counts().active() == 1;
            });
            ask(Question.newBuilder(live("a")).setWithdrawn(true).build());
            Cluster.until(() -> {
                generator.step();
                return generator.counts().failed() == 1;
            });
            assertThat(generator.counts().active()).isZero();
        }
        List<AnswerEvent> events = told().get("a");
        assertThat(events.get(events.size() - 1).getFinish()).isEqualTo(LiveAnswer.WITHDRAWN);
    }

    @Test
    void whatIsNoQuestionAndWhatIsTooLateFailWithAReason() throws Exception {
        weights(1);
        ask(
                Question.newBuilder(live("empty")).setText(" ").build(),
                Question.newBuilder(live("late")).setDeadlineMs(1).build());
        try (AnswerGenerator generator = generator(clients, "one", engine(), engine())) {
            Cluster.until(() -> {
                generator.step();
                return generator.counts().failed() == 2;
            });
        }
        // A transaction is committed a moment before its records can be read.
        Cluster.until(() -> told().size() == 2);
        assertThat(told().get("empty")).singleElement().satisfies(event -> {
            assertThat(event.getFinish()).isEqualTo(LiveAnswer.REFUSED);
            assertThat(event.getText()).contains("text is empty");
        });
        assertThat(told().get("late")).singleElement().satisfies(event -> assertThat(event.getFinish())
                .isEqualTo("TIMEOUT"));
    }
}
