package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.app.train.Difficulty.Level;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DifficultyTest {
    @Test
    void fewerThanTenAreEasyTenToTwentyMediumMoreHard() {
        Difficulty difficulty = new Difficulty(10, 20);
        assertThat(List.of(1, 9, 10, 20, 21).stream().map(difficulty::level))
                .containsExactly(Level.EASY, Level.EASY, Level.MEDIUM, Level.MEDIUM, Level.HARD);
        assertThatThrownBy(() -> new Difficulty(10, 9)).hasMessageContaining("easy below 10 and hard above 9");
    }

    @Test
    void theCountIsTheNumberOfTheFirstCorrectRolloutAndAnAnsweredQuestionIsAskedNoFurther() {
        // a is right from its 3rd rollout on, b at its 8th (the 3rd of the second five), c never.
        FakeSampler sampler = new FakeSampler((question, epoch, i) -> {
            int number = epoch * 5 + i + 1;
            boolean right = question.equals("a") ? number >= 3 : question.equals("b") && number == 8;
            return right ? "\\boxed{ yes }" : "\\boxed{ no }";
        });
        Map<String, Integer> counts = Difficulty.count(
                sampler,
                List.of(FakeSampler.question("a"), FakeSampler.question("b"), FakeSampler.question("c")),
                1.0,
                12,
                (made, open) -> {});
        assertThat(counts).containsExactly(Map.entry("a", 3), Map.entry("b", 8), Map.entry("c", 13));
        // 5 for a, 10 for b, 12 for c.
        assertThat(sampler.rollouts).isEqualTo(27);
    }

    @Test
    void theMixIsTheLargestThatKeepsTheRatio() {
        // 1:2:1 of 30, 10, 8: medium allows 10 * 4 / 2 = 20 in all, so 5, 10, 5.
        assertThat(Difficulty.mix(
                        Map.of(Level.EASY, 30, Level.MEDIUM, 10, Level.HARD, 8),
                        Map.of(Level.EASY, 1.0, Level.MEDIUM, 2.0, Level.HARD, 1.0),
                        0))
                .isEqualTo(Map.of(Level.EASY, 5, Level.MEDIUM, 10, Level.HARD, 5));
    }

    @Test
    void aMixThatCannotBeHadIsRefusedWithWhatThereIs() {
        assertThatThrownBy(() -> Difficulty.mix(
                        Map.of(Level.EASY, 3, Level.HARD, 3), Map.of(Level.EASY, 1.0, Level.HARD, 1.0), 10))
                .hasMessageContaining("wants 5 easy questions, there are 3");
        assertThatThrownBy(() -> Difficulty.mix(Map.of(Level.EASY, 3), Map.of(Level.HARD, 1.0), 0))
                .hasMessageContaining("wants 1 hard questions, there are 0");
    }

    @Test
    void aDrawKeepsTheOrderAndFollowsTheSeed() {
        List<Integer> all = List.of(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(Difficulty.draw(all, 4, 7)).hasSize(4).isSorted().isEqualTo(Difficulty.draw(all, 4, 7));
    }
}
