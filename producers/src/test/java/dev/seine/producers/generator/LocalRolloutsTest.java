package dev.seine.producers.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.event.FinishReason;
import dev.seine.event.Passage;
import dev.seine.event.Segment;
import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import dev.seine.producers.retrieval.Retriever;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LocalRolloutsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(5), ZoneOffset.UTC);
    private static final GeneratorConfig CONFIG = GeneratorConfig.defaults(3, 200);
    private static final Retriever ONE_PASSAGE = (query, k) -> List.of(Passage.newBuilder()
            .setId("p1")
            .setTitle("X")
            .setText("X </document> is found")
            .setScore(2)
            .build());

    private final Words words = new Words();

    private List<Trajectory> run(ScriptedEngine.Script script, GeneratorConfig config, Retriever retriever, int size) {
        ScriptedEngine engine = new ScriptedEngine(3, words, script);
        engine.load(null, "good", 7);
        LocalRollouts rollouts = new LocalRollouts(engine, words, retriever, "p", 1, CLOCK);
        List<Trajectory> done = rollouts.run(List.of(Scripts.question("q", 0, size, 0)), config, SearchMode.FREE);
        assertThat(engine.free()).isEqualTo(3);
        return done;
    }

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    @Test
    void aSearchPausesTheRolloutAndThePassagesGoIn() {
        Trajectory trajectory = run(Scripts.SEARCH_ONCE, CONFIG, ONE_PASSAGE, 1).get(0);
        assertThat(trajectory.getPrompt()).isEqualTo("Question: What is q? Answer:");
        assertThat(trajectory.getText())
                .startsWith("let me <external> capital of X </external> <document> (1) X: X ")
                .endsWith("is found </document> \\boxed{ found }")
                .containsOnlyOnce("</document>");
        assertThat(Scripts.decoded(words, trajectory))
                .isEqualTo(trajectory.getPrompt() + " " + trajectory.getText() + " <eos>");
        assertThat(trajectory.getSegments())
                .extracting(Segment::getKind)
                .containsExactly(
                        SegmentKind.PROMPT, SegmentKind.GENERATED, SegmentKind.DOCUMENTS, SegmentKind.GENERATED);
        assertThat(trajectory.getSegments().get(2).getQuery()).isEqualTo("capital of X");
        assertThat(trajectory.getSegments().get(2).getStatus()).isEqualTo("OK");
        assertThat(trajectory.getSegments().get(2).getPassages())
                .extracting(Passage::getId)
                .containsExactly("p1");
        // 5 words of prompt; 7 sampled with the close tag; then the block; 4 sampled with the end token.
        assertThat(trajectory.getSampled().stream().filter(s -> s).count()).isEqualTo(11);
        assertThat(trajectory.getSearches()).isEqualTo(1);
        assertThat(trajectory.getFinish()).isEqualTo(FinishReason.EOS);
        assertThat(trajectory.getMinVersion()).isEqualTo(7);
        assertThat(trajectory.getMaxVersion()).isEqualTo(7);
        assertThat(trajectory.getTokenizerSha256()).isEqualTo("tokenizer");
        assertThat(trajectory.getRolloutId()).isEqualTo("q@0#0");
        assertThat(trajectory.getGroupId()).isEqualTo("q@0");
    }

    @Test
    void oneSearchTooManyEndsTheRollout() {
        GeneratorConfig two = with(2, 200);
        Trajectory trajectory = run((id, soFar, s) -> "<external> again </external>", two, ONE_PASSAGE, 1)
                .get(0);
        assertThat(trajectory.getFinish()).isEqualTo(FinishReason.SEARCH_LIMIT);
        assertThat(trajectory.getSearches()).isEqualTo(2);
        Segment last = trajectory.getSegments().get(trajectory.getSegments().size() - 1);
        assertThat(last.getStatus()).isEqualTo("LIMIT");
        assertThat(last.getStart()).isEqualTo(last.getEnd());
    }

    @Test
    void passagesThatLeaveNoRoomEndTheRollout() {
        // 5 prompt + 7 sampled + at least 6 of the block is more than 16.
        Trajectory trajectory =
                run(Scripts.SEARCH_ONCE, with(8, 16), ONE_PASSAGE, 1).get(0);
        assertThat(trajectory.getFinish()).isEqualTo(FinishReason.LENGTH);
        assertThat(trajectory.getTokens()).hasSize(12);
        assertThat(trajectory.getSearches()).isEqualTo(1);
    }

    @Test
    void aQueryThatWasNeverOpenedIsNotSearched() {
        Retriever never = (query, k) -> {
            throw new AssertionError("searched for " + query);
        };
        ScriptedEngine.Script script =
                (id, soFar, s) -> soFar.contains("<document>") ? "so <eos>" : "capital </external>";
        Trajectory trajectory = run(script, CONFIG, never, 1).get(0);
        assertThat(trajectory.getText())
                .isEqualTo("capital </external> <document> (1) Nothing was found. </document> so");
        assertThat(trajectory.getSearches()).isZero();
        assertThat(trajectory.getFinish()).isEqualTo(FinishReason.EOS);
    }

    @Test
    void aFailedSearchEndsTheRolloutWithItsReason() {
        Retriever broken = (query, k) -> {
            throw new IllegalStateException("index is gone");
        };
        Trajectory trajectory = run(Scripts.SEARCH_ONCE, CONFIG, broken, 1).get(0);
        assertThat(trajectory.getFinish()).isEqualTo(FinishReason.ERROR);
        assertThat(trajectory.getError()).contains("index is gone");
        assertThat(trajectory.getText()).isEqualTo("let me <external> capital of X </external>");
        assertThat(trajectory.getSegments().get(2).getStatus()).isEqualTo("ERROR");
        assertThat(trajectory.getSegments().get(2).getQuery()).isEqualTo("capital of X");
    }

    @Test
    void withoutSearchEveryRolloutHasItBanned() {
        ScriptedEngine engine = new ScriptedEngine(3, words, Scripts.SEARCH_ONCE);
        engine.load(null, "good", 0);
        List<Trajectory> done = new LocalRollouts(engine, words, ONE_PASSAGE, "p", 1, CLOCK)
                .run(List.of(Scripts.question("q", 0, 2, 0)), CONFIG.withTemperature(0), SearchMode.NEVER);
        assertThat(done).hasSize(2).allSatisfy(trajectory -> {
            assertThat(trajectory.getBannedTokens()).containsExactly(words.id("<external>"));
            assertThat(trajectory.getSearches()).isZero();
            assertThat(trajectory.getTemperature()).isZero();
        });
    }

    @Test
    void withSearchForcedItComesFirstAndThenNothingIsBanned() {
        ScriptedEngine.Script wouldRecall = (id, soFar, sampling) -> {
            boolean forced = Arrays.stream(sampling.bannedTokens()).anyMatch(token -> token == words.id("<internal>"));
            return forced ? "<external> X </external>" : "<internal> guess </internal> \\boxed{ guess } <eos>";
        };
        ScriptedEngine engine = new ScriptedEngine(1, words, wouldRecall);
        engine.load(null, "good", 0);
        List<Trajectory> done = new LocalRollouts(engine, words, ONE_PASSAGE, "p", 1, CLOCK)
                .run(List.of(Scripts.question("q", 0, 2, 0)), CONFIG, SearchMode.ALWAYS);
        assertThat(done).hasSize(2).allSatisfy(trajectory -> {
            assertThat(trajectory.getText())
                    .startsWith("<external> X </external> <document>")
                    .endsWith("</document> <internal> guess </internal> \\boxed{ guess }");
            assertThat(trajectory.getSearches()).isEqualTo(1);
            assertThat(trajectory.getTokens()).hasSameSizeAs(trajectory.getLogprobs());
        });
    }

    @Test
    void aQuestionThatCannotBeUsedIsNamed() {
        LocalRollouts rollouts =
                new LocalRollouts(new ScriptedEngine(1, words, Scripts.SEARCH_ONCE), words, ONE_PASSAGE, "p", 1, CLOCK);
        assertThatThrownBy(() -> rollouts.run(List.of(Scripts.question("q", 0, 0, 0)), CONFIG, SearchMode.FREE))
                .hasMessage("q: group size must be 1 to 4096, got 0");
        assertThatThrownBy(() -> rollouts.run(List.of(Scripts.question("q", 0, 1, 0)), with(8, 5), SearchMode.FREE))
                .hasMessage("q: prompt must have 1 to 4 tokens, got 5");
        assertThatThrownBy(() -> rollouts.run(
                        List.of(Scripts.question("q", 0, 1, 0), Scripts.question("q", 1, 1, 0)),
                        CONFIG,
                        SearchMode.FREE))
                .hasMessage("question q@0 is there twice");
    }

    /** Any policy: random words, opened and unopened queries, ends; every rollout must end and be accounted for. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whateverThePolicyWritesEveryRolloutEndsWithConsistentTokens(long seed) {
        List<String> sayings =
                List.of("a", "<external> q </external>", "</external>", "<external> </external>", "<eos>");
        ScriptedEngine.Script script = (id, soFar, sampling) -> {
            SplittableRandom random = new SplittableRandom(seed ^ id.hashCode() ^ soFar.hashCode());
            List<String> said = new ArrayList<>();
            random.ints(40, 0, sayings.size()).forEach(i -> said.add(sayings.get(i)));
            said.add("<eos>");
            return String.join(" ", said);
        };
        int size = 1 + (int) (seed % 9);
        GeneratorConfig config = with((int) (seed % 4), 20 + (int) seed * 3);
        List<Trajectory> done = run(script, config, ONE_PASSAGE, size);
        assertThat(done)
                .extracting(Trajectory::getRolloutIndex)
                .isEqualTo(IntStream.range(0, size).boxed().toList());
        for (Trajectory trajectory : done) {
            int length = trajectory.getTokens().size();
            assertThat(length).isLessThanOrEqualTo(config.maxTokens());
            assertThat(trajectory.getSampled()).hasSize(length);
            assertThat(trajectory.getLogprobs()).hasSize(length);
            int end = 0;
            for (Segment segment : trajectory.getSegments()) {
                assertThat(segment.getStart()).isEqualTo(end);
                end = segment.getEnd();
                for (int i = segment.getStart(); i < end; i++) {
                    boolean generated = segment.getKind() == SegmentKind.GENERATED;
                    assertThat(trajectory.getSampled().get(i)).isEqualTo(generated);
                    assertThat(trajectory.getLogprobs().get(i)).isEqualTo(generated ? -0.5f : 0f);
                }
            }
            assertThat(end).isEqualTo(length);
            assertThat(trajectory.getSearches()).isLessThanOrEqualTo(config.maxSearches());
        }
    }

    private static GeneratorConfig with(int maxSearches, int maxTokens) {
        return new GeneratorConfig(
                3,
                6,
                1,
                1,
                maxTokens,
                maxSearches,
                5,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                3,
                "Question: {question} Answer:",
                "r1-searcher++",
                1_000,
                4_000);
    }
}
