package dev.seine.app.promote;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GateTest {
    /** Accuracy may fall by 0.02, searches may rise by 0.25, and 0.5 is the least. */
    private static final PromotionConfig CONFIG =
            new PromotionConfig(10, 100, 0.02, 0.25, 0.5, 0, Duration.ofMinutes(10));

    private static final Optional<Figures> SERVING = Optional.of(new Figures(100, 0.90, 2.0));

    @Test
    void bothMarginsAreIncluded() {
        // 0.90 - 0.02 = 0.88, 2.0 + 0.25 = 2.25
        assertThat(passes(0.88, 2.25)).isTrue();
        assertThat(passes(0.879, 2.0)).isFalse();
        assertThat(passes(0.95, 2.26)).isFalse();
    }

    @Test
    void theFirstVersionNeedsOnlyTheLeastAccuracy() {
        assertThat(Gate.judge(new Figures(100, 0.5, 9), Optional.empty(), CONFIG)
                        .passed())
                .isTrue();
        assertThat(Gate.judge(new Figures(100, 0.49, 0), Optional.empty(), CONFIG)
                        .cause())
                .isEqualTo("accuracy 0.490, searches 0.00: below the least accuracy of 0.5");
    }

    @Test
    void theCauseHasTheFiguresCompared() {
        assertThat(Gate.judge(new Figures(100, 0.7, 2), SERVING, CONFIG).cause())
                .isEqualTo("accuracy 0.700, searches 2.00 against accuracy 0.900, searches 2.00:"
                        + " accuracy lost beyond the margin of 0.02");
    }

    private static boolean passes(double accuracy, double searches) {
        return Gate.judge(new Figures(100, accuracy, searches), SERVING, CONFIG).passed();
    }
}
