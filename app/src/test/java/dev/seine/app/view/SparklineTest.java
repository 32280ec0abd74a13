package dev.seine.app.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SparklineTest {
    @Test
    void leastIsLowestAndGreatestIsHighest() {
        assertThat(Sparkline.of(List.of(0.0, 1.0, 7.0), 10, 0.1, true)).isEqualTo("▁▂█");
    }

    @Test
    void moreValuesThanCharactersAreAveraged() {
        // Means of (0, 2), (6, 8): 1 and 7.
        assertThat(Sparkline.of(List.of(0.0, 2.0, 6.0, 8.0), 2, 0.1, true)).isEqualTo("▁█");
    }

    @Test
    void noiseWithinTheSpanStaysLow() {
        // 0.01 of a span of 1 is less than half a level.
        assertThat(Sparkline.of(List.of(0.50, 0.51), 10, 1, true)).isEqualTo("▁▁");
    }

    @Test
    void nothingIsNothing() {
        assertThat(Sparkline.of(List.of(), 10, 1, true)).isEmpty();
        assertThat(Sparkline.of(List.of(1.0), 0, 1, true)).isEmpty();
    }
}
