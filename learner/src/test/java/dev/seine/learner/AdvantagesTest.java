package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.seine.event.ScoredTrajectory;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AdvantagesTest {
    private static final Offset<Double> CLOSE = within(1e-5);

    /** Rewards 1, 0, 0, 0: mean 1/4, population std sqrt(3)/4. */
    private final List<ScoredTrajectory> oneInFour = Rollouts.group(0, 0, Rollouts.TOKENIZER, 1, 0, 0, 0);

    @Test
    void centredRewardsAreNormalisedOverTheBatch() {
        // a = 0.75, -0.25, -0.25, -0.25: mean 0, std sqrt((0.5625 + 3 * 0.0625) / 4) = sqrt(0.1875) = 0.4330127
        assertThat(Advantages.of("reinforce++").of(oneInFour))
                .containsExactly(new double[] {1.7320508, -0.5773503, -0.5773503, -0.5773503}, CLOSE);
    }

    @Test
    void theBatchMayHoldPartsOfGroupsAndIsCentredAgain() {
        // a = 0.75, -0.25: mean 0.25, std 0.5 -> 1, -1
        assertThat(Advantages.of("reinforce++").of(oneInFour.subList(0, 2)))
                .containsExactly(new double[] {1, -1}, CLOSE);
    }

    @Test
    void withoutABaselineTheBatchIsTheOnlyMeasure() {
        // two groups, rewards 1, 1 and 0, 0: mean 1/2, std 1/2 -> 1, 1, -1, -1, where a baseline leaves nothing
        List<ScoredTrajectory> batch = Stream.of(
                        Rollouts.group(0, 0, Rollouts.TOKENIZER, 1, 1), Rollouts.group(1, 0, Rollouts.TOKENIZER, 0, 0))
                .flatMap(List::stream)
                .toList();
        assertThat(Advantages.of("reinforce++-no-baseline").of(batch))
                .containsExactly(new double[] {1, 1, -1, -1}, CLOSE);
        assertThat(Advantages.of("reinforce++").of(batch)).containsExactly(new double[] {0, 0, 0, 0}, CLOSE);
    }

    @Test
    void grpoDividesByTheGroupsDeviation() {
        // 0.75 / (0.4330127 + 1e-6) = 1.732047; -0.25 / 0.4330137 = -0.577349
        assertThat(Advantages.of("grpo").of(oneInFour))
                .containsExactly(new double[] {1.732047, -0.577349, -0.577349, -0.577349}, CLOSE);
    }

    @Test
    void drGrpoLeavesCentredRewardsAlone() {
        assertThat(Advantages.of("dr-grpo").of(oneInFour)).containsExactly(0.75, -0.25, -0.25, -0.25);
    }

    @Test
    void rlooComparesWithTheMeanOfTheOthers() {
        // the success: 1 - 0 = 1 = 0.75 * 4/3; a failure: 0 - 1/3 = -0.25 * 4/3
        assertThat(Advantages.of("rloo").of(oneInFour))
                .containsExactly(new double[] {1, -1 / 3.0, -1 / 3.0, -1 / 3.0}, CLOSE);
    }

    @Test
    void noRolloutsHaveNoAdvantages() {
        assertThat(Advantages.of("reinforce++").of(List.of())).isEmpty();
    }

    @Test
    void anUnknownNameIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> Advantages.of("ppo"))
                .hasMessage(
                        "learn.advantage must be reinforce++, reinforce++-no-baseline, grpo, dr-grpo or rloo, got ppo");
    }
}
