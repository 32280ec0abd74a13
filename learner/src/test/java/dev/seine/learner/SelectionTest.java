package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final Defects DEFECTS = new Defects(Rollouts.TOKENIZER, 11, 32);
    private static final Freshness TWO = new Freshness(2);

    @Test
    void aGroupWithEqualRewardsCarriesNoSignal() {
        Group flat = Rollouts.grouped(Rollouts.group(0, 5, Rollouts.TOKENIZER, 1, 1, 1));
        Group mixed = Rollouts.grouped(Rollouts.group(1, 5, Rollouts.TOKENIZER, 1, 0, 1));

        Selection selection = Selection.of(List.of(flat, mixed), 5, TWO, DEFECTS, true);

        assertThat(selection.trainedIds()).containsExactly("q1@0#0", "q1@0#1", "q1@0#2");
        assertThat(selection.skipped()).isEqualTo(Map.of("no-variance", List.of("q0@0#0", "q0@0#1", "q0@0#2")));
    }

    @Test
    void withoutAGroupBaselineEqualRewardsAreTrained() {
        Group flat = Rollouts.grouped(Rollouts.group(0, 5, Rollouts.TOKENIZER, 1, 1));
        Selection selection = Selection.of(List.of(flat), 5, TWO, DEFECTS, false);
        assertThat(selection.trainedIds()).containsExactly("q0@0#0", "q0@0#1");
    }

    @Test
    void aRolloutIsTrainedUpToTheBoundAndStaleBeyond() {
        Group bound = Rollouts.grouped(Rollouts.group(0, 3, Rollouts.TOKENIZER, 1, 0));
        Group beyond = Rollouts.grouped(Rollouts.group(1, 2, Rollouts.TOKENIZER, 1, 0));

        Selection selection = Selection.of(List.of(bound, beyond), 5, TWO, DEFECTS, true);

        assertThat(selection.trainedIds()).containsExactly("q0@0#0", "q0@0#1");
        assertThat(selection.skipped()).isEqualTo(Map.of("stale", List.of("q1@0#0", "q1@0#1")));
        assertThat(selection.staleness()).isEqualTo(Map.of(2L, 2L, 3L, 2L));
    }

    @Test
    void onPolicyTakesTheVeryVersionOnly() {
        Trajectory now = Rollouts.trajectory(0, 0, 1, 7, Rollouts.TOKENIZER).build();

        assertThat(new Freshness(0).allows(7, now)).isTrue();
        assertThat(new Freshness(0).allows(8, now)).isFalse();
        assertThat(Freshness.staleness(9, now)).isEqualTo(2);
    }

    @Test
    void anIncompleteGroupIsConsumedWithoutTraining() {
        List<ScoredTrajectory> two =
                Rollouts.group(0, 0, Rollouts.TOKENIZER, 1, 0, 0).subList(0, 2);

        assertThat(Selection.of(List.of(Rollouts.grouped(two)), 0, TWO, DEFECTS, true)
                        .skipped())
                .isEqualTo(Map.of("incomplete", List.of("q0@0#0", "q0@0#1")));
    }

    @Test
    void whatDisagreesInLengthIsMalformed() {
        assertReason("malformed", t -> t.setLogprobs(List.of(-1f)));
        assertReason("malformed", t -> t.setSampled(List.of(false, true)));
        assertReason("malformed", t -> t.setTokens(List.of()));
    }

    @Test
    void whatCannotHaveBeenSampledIsMalformed() {
        assertReason("malformed", t -> t.setTokens(List.of(1, 2, 11, 4, 3, 5))); // 11 is beyond the vocabulary
        assertReason("malformed", t -> t.setBannedTokens(List.of(5))); // the last token sampled
        assertReason("malformed", t -> t.setTemperature(0f));
        assertReason("malformed", t -> t.setLogprobs(List.of(0f, 0f, Float.NaN, 0f, -1f, -1f)));
        assertReason("malformed", t -> t.setSampled(List.of(false, false, false, false, false, false)));
        assertReason("malformed", t -> t.setMinVersion(-1));
    }

    @Test
    void anotherTokenizersIdsAreNotTrained() {
        assertReason("tokenizer-mismatch", t -> t.setTokenizerSha256("another"));
    }

    @Test
    void aDefectCostsItsRolloutNotItsGroup() {
        List<ScoredTrajectory> group = new ArrayList<>(Rollouts.group(0, 0, Rollouts.TOKENIZER, 1, 0, 0, 0));
        group.set(0, Rollouts.changed(t -> t.setTokens(List.of())));

        Selection selection = Selection.of(List.of(Rollouts.grouped(group)), 0, TWO, DEFECTS, true);

        assertThat(selection.trainedIds()).containsExactly("q0@0#1", "q0@0#2", "q0@0#3");
        assertThat(selection.skippedCounts()).isEqualTo(Map.of("malformed", 1));
    }

    private static void assertReason(String reason, Consumer<Trajectory.Builder> change) {
        assertThat(DEFECTS.of(Rollouts.changed(change).getTrajectory()).map(Defects.Defect::reason))
                .contains(reason);
    }
}
