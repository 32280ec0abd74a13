package dev.seine.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    @Test
    void aBurstIsLetThroughAndThenOneASecond() {
        AtomicLong nanos = new AtomicLong();
        RateLimit limit = new RateLimit(60, 3, nanos::get); // one a second
        for (int i = 0; i < 3; i++) {
            assertThat(limit.take("a")).isZero();
        }
        assertThat(limit.take("a")).isEqualTo(1);
        assertThat(limit.take("b")).isZero();
        nanos.addAndGet(1_000_000_000L);
        assertThat(limit.take("a")).isZero();
        assertThat(limit.take("a")).isEqualTo(1);
    }

    @Test
    void zeroIsNoLimit() {
        RateLimit limit = new RateLimit(0, 1, () -> 0);
        for (int i = 0; i < 1_000; i++) {
            assertThat(limit.take("a")).isZero();
        }
    }
}
