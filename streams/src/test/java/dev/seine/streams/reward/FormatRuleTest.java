package dev.seine.streams.reward;

import static dev.seine.streams.Sample.rollout;
import static dev.seine.streams.Sample.withTokens;
import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.Trajectory;
import dev.seine.streams.Sample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatRuleTest {
    private static final String SEARCHED =
            "I ask <|begin_of_query|> q<|end_of_query|>\n\n<|begin_of_documents|>\n(1)d\n<|end_of_documents|>\n\n";

    @Test
    void aDocumentsBlockThatNobodyInsertedWasWrittenByThePolicy() {
        Trajectory honest = withTokens(rollout(0, 1, 1, "Paris")).build();
        Trajectory forged = withTokens(rollout(0, 1, 1, "Paris"))
                .setText(Sample.text(2, "Paris"))
                .build();
        assertThat(markup(honest)).isEmpty();
        assertThat(markup(forged)).contains("expected 1 documents blocks, as many as were inserted, got 2");
    }

    @Test
    void tooManySearchesAreAViolation() {
        assertThat(markup(rollout(0, 1, 8, "Paris").build())).isEmpty();
        assertThat(markup(rollout(0, 1, 9, "Paris").build())).containsExactly("expected at most 8 searches, got 9");
    }

    @Test
    void aSearchedAndAnsweredTextIsFine() {
        assertThat(stageTwo(SEARCHED + "so</think>\n<answer> Paris </answer>")).isEmpty();
        assertThat(stageTwo("so</think>\n<answer> Paris </answer>")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "an Assistant</think><answer>a</answer> | the word 'assistant'",
                "<think>x</think><answer>a</answer> | expected 0 <think>, got 1",
                "x</think></think><answer>a</answer> | expected 1 </think>, got 2",
                "x</think><answer>a | expected 1 </answer>, got 0",
                "x</think><answer>begin_of_query</answer> | query or documents marker inside the answer",
                "x</think><answer>1 2 3 4 5 6 7 8 9 10 11</answer> | expected an answer of at most 10 words, got 11",
                "x\u4e2d</think><answer>a</answer> | CJK ideograph U+4E2D outside the documents",
            })
    void eachRuleOfStageTwoIsNamed(String text, String violation) {
        assertThat(stageTwo(text)).containsExactly(violation);
    }

    @Test
    void ideographsInsideTheDocumentsAreFine() {
        assertThat(stageTwo(SEARCHED.replace("(1)d", "(1)\u4e2d") + "so</think><answer>a</answer>"))
                .isEmpty();
    }

    @Test
    void aQueryWithoutDocumentsHasUnequalMarkers() {
        assertThat(stageTwo("<|begin_of_query|> q<|end_of_query|></think><answer>a</answer>"))
                .containsExactly("expected each of the seven query and documents markers equally often, got "
                        + "[0, 0, 1, 1, 0, 0, 0]");
    }

    private static Iterable<String> markup(Trajectory trajectory) {
        return FormatRule.MARKUP.violations(Rollout.of(trajectory), Recipe.R1_SEARCHER_PLUS.rewards());
    }

    private static Iterable<String> stageTwo(String text) {
        Trajectory trajectory =
                rollout(0, 1, 0, "").setDialect("r1-searcher").setText(text).build();
        return FormatRule.STAGE_2.violations(Rollout.of(trajectory), Recipe.R1_SEARCHER_STAGE_2.rewards());
    }
}
