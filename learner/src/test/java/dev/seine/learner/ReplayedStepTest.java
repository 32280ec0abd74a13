package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplayedStepTest {
    private static final Map<String, Double> RECORDED = Map.of("loss", 0.5, "grad-norm", 20.0);

    /** 0.0004 of 1, since 0.5 is smaller; 0.01 of 20 is 0.0005. */
    @Test
    void aToleranceIsAShareOfTheValueOrOfOne() {
        ReplayedStep step = step(Map.of("loss", 0.5004, "grad-norm", 20.01), true, "b");

        assertThat(step.asRecorded(0)).isFalse();
        assertThat(step.asRecorded(0.00045)).isFalse();
        assertThat(step.asRecorded(0.0006)).isTrue();
    }

    @Test
    void withoutToleranceTheWeightsAreTheSameToo() {
        assertThat(step(RECORDED, true, "a").asRecorded(0)).isTrue();
        assertThat(step(RECORDED, true, "b").asRecorded(0)).isFalse();
        assertThat(step(RECORDED, true, "b").asRecorded(1e-3)).isTrue();
    }

    @Test
    void noToleranceExcusesAnotherBatchOrALostMetric() {
        assertThat(step(RECORDED, false, "a").asRecorded(0.9)).isFalse();
        assertThat(step(Map.of("loss", 0.5), true, "a").asRecorded(0.9)).isFalse();
        assertThat(step(Map.of("loss", 0.5, "grad-norm", Double.NaN), true, "a").asRecorded(0.9))
                .isFalse();
    }

    /** Weights "a" were announced. */
    private static ReplayedStep step(Map<String, Double> metrics, boolean asPlanned, String weights) {
        return new ReplayedStep(
                new ReplayedStep.Batch(null, List.of(), List.of(), new double[0], asPlanned),
                metrics,
                RECORDED,
                Optional.of(weights),
                Optional.of("a"));
    }
}
