package dev.seine.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.seine.app.report.Graded.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScoreTest {
    private static Graded graded(String id, int hops, double cem, int searches, Verdict judge) {
        return new Graded("set", id, hops, cem, cem, cem, searches, true, judge);
    }

    private static final List<Graded> ANSWERS = List.of(
            graded("a", 1, 1, 1, Verdict.RIGHT),
            graded("b", 1, 1, 2, Verdict.WRONG),
            graded("c", 2, 0, 5, Verdict.TIMED_OUT),
            graded("d", 2, 0, 0, Verdict.TIMED_OUT));

    @Test
    void searchesAreSplitByRightAndWrong() {
        Score all = Score.of("v1", "set", ANSWERS, 1).get(0);
        assertThat(all.accuracy().mean()).isEqualTo(0.5);
        assertThat(all.searchesRight()).isEqualTo(1.5); // (1 + 2) / 2
        assertThat(all.searchesWrong()).isEqualTo(2.5); // (5 + 0) / 2
    }

    @Test
    void anAnswerThatWasNotJudgedIsNeitherRightNorWrong() {
        Score all = Score.of("v1", "set", ANSWERS, 1).get(0);
        assertThat(all.judge().mean()).isEqualTo(0.5); // one of the two that were judged
        assertThat(all.unjudged()).isEqualTo(Map.of("TIMED_OUT", 2L));
        assertThat(Score.of("v1", "set", ANSWERS, 1)).extracting(Score::hops).containsExactly(0, 1, 2);
    }

    @Test
    void theBootstrapFollowsItsSeedAndCoversTheMean() {
        List<Double> coins = new ArrayList<>(Collections.nCopies(50, 1.0));
        coins.addAll(Collections.nCopies(50, 0.0));
        Interval interval = Interval.of(coins, 3);
        assertThat(interval).isEqualTo(Interval.of(coins, 3)).isNotEqualTo(Interval.of(coins, 4));
        // Normal approximation: 0.5 -+ 1.96 * sqrt(0.25 / 100) = 0.402 to 0.598
        assertThat(interval.low()).isCloseTo(0.402, within(0.03));
        assertThat(interval.high()).isCloseTo(0.598, within(0.03));
        assertThat(Interval.of(List.of(2.0, 2.0), 1)).isEqualTo(new Interval(2, 2, 2));
    }

    @Test
    void whatHasNoValueIsNotPublished() {
        Score none = Score.of("v1", "set", List.of(graded("a", 0, 1, 1, Verdict.NONE)), 1)
                .get(0);
        assertThat(none.metrics()).containsEntry("searches-right", 1.0).doesNotContainKeys("searches-wrong", "judge");
    }

    @Test
    void thePageHasScoresAndPlots(@TempDir Path dir) {
        List<Score> scores = Score.of("<v1>", "set", ANSWERS, 1);
        Path page = EvaluationWriter.write(
                new EvaluationData(
                        "Evaluation",
                        "free",
                        "model",
                        scores,
                        Map.of("<v1>", List.of(new Recall("known", 4, 0.5))),
                        Map.of("too long", 2L),
                        FakeRun.data().run().machine()),
                dir);
        assertThat(page).content().contains("&lt;v1&gt;", "50.0% of 4", "Not asked: 2 (too long)", "TIMED_OUT=2");
        assertThat(dir.resolve("curves/searches.png")).isNotEmptyFile();
    }
}
