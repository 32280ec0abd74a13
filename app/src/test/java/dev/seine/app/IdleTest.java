package dev.seine.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class IdleTest {
    private static final long MICROS = 1_000;

    private final Idle idle = new Idle(Duration.ofMillis(5));

    @Test
    void restsDoubleUpToTheLongest() {
        assertThat(after(20, 0)).containsOnly(0L);
        assertThat(after(9, 0))
                .containsExactly(
                        50 * MICROS,
                        100 * MICROS,
                        200 * MICROS,
                        400 * MICROS,
                        800 * MICROS,
                        1_600 * MICROS,
                        3_200 * MICROS,
                        5_000 * MICROS,
                        5_000 * MICROS);
    }

    @Test
    void workBeginsTheSeriesAnew() {
        after(40, 0);

        assertThat(idle.after(1, 0)).isZero();

        assertThat(after(20, 0)).containsOnly(0L);
        assertThat(after(1, 0)).containsExactly(50 * MICROS);
    }

    @Test
    void whatATurnHasWaitedItselfIsNotWaitedAgain() {
        after(40, 0);

        assertThat(after(1, 3_000 * MICROS)).containsExactly(2_000 * MICROS);
        assertThat(after(1, 5_000 * MICROS)).containsExactly(0L);
        assertThat(after(1, 9_000 * MICROS)).containsExactly(0L);
    }

    /** So many turns without work, each of this length. */
    private List<Long> after(int turns, long tookNanos) {
        return LongStream.range(0, turns)
                .map(i -> idle.after(0, tookNanos))
                .boxed()
                .toList();
    }
}
