package dev.seine.producers.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.event.Question;
import dev.seine.policy.store.RunStore;
import dev.seine.policy.store.Sought;
import dev.seine.producers.Cluster;
import dev.seine.producers.retrieval.RetrievalService;
import dev.seine.schemas.LiveQuestions;
import dev.seine.topics.Clients;
import dev.seine.topics.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AnswerGeneratorTest {
    /** Thinks, searches once, and answers; wherever it is taken up, it goes on with the next word. */
    private static final String BEFORE = "let me think <external> capital of X </external>";

    private static final String AFTER = "so \\boxed{ it is found } <eos>";

    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void empty() throws Exception {
        bench = new Bench(folder);
    }

    private ScriptedEngine engine() {
        return new ScriptedEngine(4, bench.words, (id, soFar, sampling) -> {
            String said = soFar.substring(soFar.indexOf("Answer:") + "Answer:".length());
            int shown = said.indexOf("</document>");
            String whole = id.startsWith("poison") ? "so " + ScriptedEngine.POISON : shown < 0 ? BEFORE : AFTER;
            String turn = (shown < 0 ? said : said.substring(shown + "</document>".length())).strip();
            assertThat(whole).startsWith(turn);
            return whole.substring(turn.length()).strip();
        });
    }

    private Question live(String id) {
        return Question.newBuilder()
                .setId(id)
                .setText("What is " + id + "?")
                .setSource(LiveQuestions.SOURCE)
                .setPolicy(bench.policy)
                .setAtMs(System.currentTimeMillis())
                .build();
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
        assertThat(bench.words.decode(
                        tokens.stream().mapToInt(Integer::intValue).toArray()))
                .startsWith(BEFORE + " <document>")
                .endsWith("</document> " + AFTER);
        // BEFORE has 8 words, AFTER 7
        assertThat(last.getUsage().getSampledTokens()).isEqualTo(15);
    }

    private static void untilFinished(AnswerGenerator generator, RetrievalService retrieval) throws Exception {
        Cluster.until(() -> {
            generator.step();
            retrieval.step();
            return generator.counts().finished() == 1;
        });
    }

    @Test
    void aLiveAnswerIsToldInOrderAndNothingOfItIsATrajectory() throws Exception {
        bench.weights(3);
        bench.ask(Scripts.question("training", 0, 4, 0), live("a"), live("b"));
        try (AnswerGenerator generator = bench.answerer(bench.clients, "one", engine(), engine());
                RetrievalService retrieval = bench.retrieval()) {
            Cluster.until(() -> {
                generator.step();
                retrieval.step();
                return generator.counts().finished() == 2;
            });
        }
        assertThat(bench.told()).containsOnlyKeys("a", "b").allSatisfy((id, events) -> whole(events, 3));
        assertThat(Cluster.all(bench.clients, Topics.TRAJECTORIES)).isEmpty();
        assertThat(Cluster.all(bench.clients, Topics.RETRIEVAL_REQUESTS))
                .allSatisfy(request -> assertThat(request.value().getLive()).isTrue());
    }

    @Test
    void aTrainingGeneratorLeavesLiveQuestionsAlone() throws Exception {
        bench.weights(3);
        bench.ask(live("a"), Scripts.question("training", 0, 1, 1));
        try (RolloutGenerator generator = bench.generator(
                "trainer", new ScriptedEngine(4, bench.words, Scripts.SEARCH_ONCE), GeneratorConfig.defaults(4, 200))) {
            Cluster.until(() -> {
                generator.step();
                return generator.counts().trajectories() == 1;
            });
            assertThat(generator.counts().questions()).isEqualTo(1);
        }
    }

    @Test
    void anAnswerKeepsTheWeightsItBeganWith() throws Exception {
        bench.weights(1);
        bench.ask(live("early"));
        try (AnswerGenerator generator = bench.answerer(bench.clients, "one", engine(), engine());
                RetrievalService retrieval = bench.retrieval()) {
            Cluster.until(() -> {
                generator.step();
                return generator.counts().active() == 1;
            });
            bench.weights(2);
            Cluster.until(() -> {
                generator.step();
                return generator.counts().version() == 2;
            });
            bench.ask(live("late"));
            Cluster.until(() -> {
                generator.step();
                retrieval.step();
                return generator.counts().finished() == 2;
            });
        }
        Map<String, List<AnswerEvent>> told = bench.told();
        whole(told.get("early"), 1);
        whole(told.get("late"), 2);
    }

    @Test
    void anAnswerLeftInTheMiddleOfATurnGoesOnAfterItsLastEventWithItsOwnWeights() throws Exception {
        bench.weights(1);
        bench.ask(live("a"));
        // A member that does not poll for a second has left its group: as good as killed.
        try (Clients impatient = bench.impatient();
                AnswerGenerator zombie = bench.answerer(impatient, "zombie", engine(), engine());
                RetrievalService retrieval = bench.retrieval()) {
            Cluster.until(() -> {
                zombie.step();
                return bench.told().getOrDefault("a", List.of()).size() >= 2;
            });
            bench.weights(2);
            try (AnswerGenerator heir = bench.answerer(bench.clients, "heir", engine(), engine())) {
                untilFinished(heir, retrieval);
                assertThat(heir.counts().continued()).isEqualTo(1);
                for (int i = 0; i < 50; i++) {
                    zombie.step(); // it wakes up, and is refused
                }
            }
        }
        assertThat(bench.told()).containsOnlyKeys("a");
        whole(bench.told().get("a"), 1);
    }

    @Test
    void anAnswerWaitsForItsOwnWeightsWhileTheyAreFetched() throws Exception {
        bench.weights(1);
        bench.ask(live("a"));
        try (AnswerGenerator first = bench.answerer(bench.clients, "first", engine(), engine())) {
            Cluster.until(() -> {
                first.step();
                return !bench.requests().isEmpty();
            });
        }
        bench.weights(2);
        AtomicInteger asked = new AtomicInteger();
        RunStore slow = new SlowStore(pointer -> asked.incrementAndGet() <= 20
                ? new Sought.Coming()
                : bench.store().find(pointer));
        try (AnswerGenerator second = bench.answerer(bench.clients, "second", slow, engine(), engine());
                RetrievalService retrieval = bench.retrieval()) {
            untilFinished(second, retrieval);
        }
        assertThat(asked.get()).isGreaterThan(20);
        whole(bench.told().get("a"), 1);
    }

    @Test
    void aSearchThatWasLeftUnansweredIsAskedAgain() throws Exception {
        bench.weights(1);
        bench.ask(live("a"));
        try (AnswerGenerator first = bench.answerer(bench.clients, "first", engine(), engine())) {
            Cluster.until(() -> {
                first.step();
                return !Cluster.all(bench.clients, Topics.RETRIEVAL_REQUESTS).isEmpty();
            });
        }
        try (AnswerGenerator second = bench.answerer(bench.clients, "second", engine(), engine());
                RetrievalService retrieval = bench.retrieval()) {
            untilFinished(second, retrieval);
        }
        whole(bench.told().get("a"), 1);
    }

    @Test
    void aQuestionTakenBackEndsAndFreesItsSlot() throws Exception {
        bench.weights(1);
        bench.ask(live("a"));
        try (AnswerGenerator generator = bench.answerer(bench.clients, "one", engine(), engine())) {
            Cluster.until(() -> {
                generator.step();
                return generator.counts().active() == 1;
            });
            bench.ask(Question.newBuilder(live("a")).setWithdrawn(true).build());
            Cluster.until(() -> {
                generator.step();
                return generator.counts().failed() == 1;
            });
            assertThat(generator.counts().active()).isZero();
        }
        List<AnswerEvent> events = bench.told().get("a");
        assertThat(events.get(events.size() - 1).getFinish()).isEqualTo(LiveAnswer.WITHDRAWN);
    }

    /** The script: 8 words, the last of which asks for passages, then 7. */
    @ParameterizedTest
    @CsvSource({
        "1, LENGTH, 0, ''",
        "8, LENGTH, 0, ''",
        "11, LENGTH, 1, it",
        "15, EOS, 1, it is found",
        "99, EOS, 1, it is found"
    })
    void noMoreIsSampledThanTheAskerWants(int most, String finish, int searches, String text) throws Exception {
        bench.weights(1);
        bench.ask(Question.newBuilder(live("a")).setMaxTokens(most).build());
        try (AnswerGenerator generator = bench.answerer(bench.clients, "one", engine(), engine());
                RetrievalService retrieval = bench.retrieval()) {
            untilFinished(generator, retrieval);
        }
        List<AnswerEvent> events = bench.told().get("a");
        AnswerEvent last = events.get(events.size() - 1);
        assertThat(last.getFinish()).isEqualTo(finish);
        assertThat(last.getUsage().getSampledTokens()).isEqualTo(Math.min(most, 15));
        assertThat(last.getUsage().getSearches()).isEqualTo(searches);
        assertThat(last.getText()).isEqualTo(text);
        assertThat(text(events, AnswerEventKind.TEXT)).isEqualTo(text);
    }

    /** 8 words are sampled by the first generator, whose last asks for passages; 3 of 11 are left to the second. */
    @Test
    void whatAnEarlierGeneratorSampledCountsAgainstWhatTheAskerWants() throws Exception {
        bench.weights(1);
        bench.ask(Question.newBuilder(live("a")).setMaxTokens(11).build());
        try (AnswerGenerator first = bench.answerer(bench.clients, "first", engine(), engine())) {
            Cluster.until(() -> {
                first.step();
                return !bench.requests().isEmpty();
            });
        }
        try (AnswerGenerator second = bench.answerer(bench.clients, "second", engine(), engine());
                RetrievalService retrieval = bench.retrieval()) {
            untilFinished(second, retrieval);
            assertThat(second.counts().continued()).isEqualTo(1);
        }
        List<AnswerEvent> events = bench.told().get("a");
        AnswerEvent last = events.get(events.size() - 1);
        assertThat(last.getFinish()).isEqualTo("LENGTH");
        assertThat(last.getUsage().getSampledTokens()).isEqualTo(11);
        assertThat(text(events, AnswerEventKind.TEXT)).isEqualTo("it");
    }

    @Test
    void whatIsNoQuestionAndWhatIsTooLateFailWithAReason() throws Exception {
        bench.weights(1);
        bench.ask(
                Question.newBuilder(live("empty")).setText(" ").build(),
                Question.newBuilder(live("late")).setDeadlineMs(1).build());
        try (AnswerGenerator generator = bench.answerer(bench.clients, "one", engine(), engine())) {
            // What was counted may be undone and done again: a transaction does not wait long for a machine that is
            // busy.
            Cluster.until(() -> {
                generator.step();
                return generator.counts().failed() >= 2 && bench.told().size() == 2;
            });
        }
        assertThat(bench.told().get("empty")).singleElement().satisfies(event -> {
            assertThat(event.getFinish()).isEqualTo(LiveAnswer.REFUSED);
            assertThat(event.getText()).contains("text is empty");
        });
        assertThat(bench.told().get("late")).singleElement().satisfies(event -> assertThat(event.getFinish())
                .isEqualTo("TIMEOUT"));
    }

    @Test
    void anAnswerThatKillsEachOfItsGeneratorsFailsWithItsReasonAndTheOthersGoOn() throws Exception {
        bench.weights(1);
        bench.ask(live("poison"), live("a"));
        List<AnswerGenerator> dead = new ArrayList<>();
        // A process that is dead does not poll: a second later it has left its group.
        try (Clients impatient = bench.impatient();
                RetrievalService retrieval = bench.retrieval()) {
            while (!ended("poison", "a")) {
                AnswerGenerator next = bench.answerer(impatient, "generator", engine(), engine());
                Cluster.until(() -> {
                    retrieval.step();
                    return Bench.dies(next) || ended("poison", "a");
                });
                dead.add(next);
            }
            // The question was there before any of them, so three have died of it, and the fourth lives.
            assertThat(dead).hasSize(4);
            dead.forEach(AnswerGenerator::close);
        }
        whole(bench.told().get("a"), 1);
        List<AnswerEvent> events = bench.told().get("poison");
        AnswerEvent last = events.get(events.size() - 1);
        assertThat(last.getKind()).isEqualTo(AnswerEventKind.FAILED);
        assertThat(last.getText()).startsWith("continued 3 times, and each time its generator died");
    }

    private boolean ended(String... ids) {
        Map<String, List<AnswerEvent>> told = bench.told();
        return Stream.of(ids)
                        .flatMap(id -> told.getOrDefault(id, List.of()).stream())
                        .filter(event -> event.getKind() == AnswerEventKind.FINISHED
                                || event.getKind() == AnswerEventKind.FAILED)
                        .count()
                == ids.length;
    }
}
