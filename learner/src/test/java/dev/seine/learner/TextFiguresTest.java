package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.ScoredTrajectory;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextFiguresTest {
    @Test
    void whatWasInsertedDoesNotCountAsRepeated() {
        // the sampled tokens are 1 2 3 4 1 2 3 4: runs 1234 2341 3412 4123 1234, four of five distinct
        List<Integer> tokens = List.of(1, 2, 3, 4, 9, 9, 9, 9, 9, 9, 1, 2, 3, 4);
        List<Boolean> sampled =
                IntStream.range(0, 14).mapToObj(i -> i < 4 || i >= 10).toList();
        ScoredTrajectory scored =
                Rollouts.changed(t -> t.setTokens(tokens).setSampled(sampled).setLogprobs(Collections.nCopies(14, 0f)));
        assertThat(TextFigures.repetition(scored)).isEqualTo(1 - 4 / 5.0);
    }

    @Test
    void threeTokensRepeatNothing() {
        assertThat(TextFigures.repetition(Rollouts.changed(t -> {}))).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "\\boxed{ Paris }, 1",
        "'', 1",
        "It is Paris. \\boxed{ Paris }, 0",
        "<internal> It is Paris. </internal> \\boxed{ Paris }, 0",
    })
    void anAnswerAloneIsEmptyReasoning(String text, double expected) {
        assertThat(TextFigures.emptyReasoning(Rollouts.changed(t -> t.setText(text))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"'', 0", "Paris, 1", "' the  Norwegian Krone ', 3"})
    void anAnswersWordsAreCountedAtWhiteSpace(String answer, double words) {
        ScoredTrajectory scored = ScoredTrajectory.newBuilder(Rollouts.changed(t -> {}))
                .setAnswer(answer)
                .build();
        assertThat(TextFigures.answerWords(scored)).isEqualTo(words);
    }
}
