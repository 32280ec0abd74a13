package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.Question;
import dev.seine.schemas.Demonstration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RejectionSamplingTest {
    /** By rollout: right, right with the same text, right with another, wrong, malformed, cut. */
    private static final List<String> TEXTS =
            List.of("\\boxed{ yes }", "\\boxed{ yes }", "well \\boxed{ yes }", "\\boxed{ no }", "yes", "");

    @Test
    void onlyCorrectAndWellFormedTextsAreKeptOnceAndAtMostSoManyAQuestion() {
        RejectionSampling sampling = new RejectionSampling(new FakeSampler((q, epoch, i) -> TEXTS.get(i)), 6, 1);
        List<Demonstration> kept =
                sampling.run(List.of(FakeSampler.question("a"), FakeSampler.question("b")), List.of(0.7), done -> {});
        assertThat(kept).extracting(Demonstration::id).containsExactly("a#0", "b#0");
        assertThat(kept).extracting(Demonstration::response).containsOnly("\\boxed{ yes }");
        // Two questions, each with one of the six outcomes.
        assertThat(sampling.outcomes().get(0.7))
                .isEqualTo(Map.of(
                        RejectionSampling.KEPT,
                        2L,
                        "correct, but the same text again",
                        2L,
                        "correct, but enough of this question",
                        2L,
                        "wrong answer",
                        2L,
                        "malformed: no answer",
                        2L,
                        "ended by LENGTH",
                        2L));
    }

    @Test
    void temperaturesAreCountedApartAndDrawOtherRandomNumbers() {
        RejectionSampling sampling = new RejectionSampling(
                new FakeSampler((q, epoch, i) -> epoch == 1 ? "\\boxed{ yes }" : "\\boxed{ no }"), 2, 3);
        sampling.run(List.of(FakeSampler.question("a")), List.of(0.5, 1.0), done -> {});
        assertThat(sampling.outcomes().get(0.5)).isEqualTo(Map.of("wrong answer", 2L));
        assertThat(sampling.outcomes().get(1.0))
                .isEqualTo(Map.of(RejectionSampling.KEPT, 1L, "correct, but the same text again", 1L));
    }

    @Test
    void aQuestionThatCannotBeAskedIsCountedWithItsReason() {
        List<Question> questions = List.of(FakeSampler.question("long"), FakeSampler.question("a"));
        RejectionSampling sampling = new RejectionSampling(new FakeSampler((q, e, i) -> "\\boxed{ yes }"), 1, 1);
        assertThat(sampling.run(questions, List.of(1.0), done -> {})).hasSize(1);
        assertThat(sampling.skipped()).isEqualTo(Map.of("too long", 1L));
    }
}
