package dev.seine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.seine.policy.store.StoreUnavailable;
import dev.seine.topics.Role;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoopTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final ConcurrentLinkedQueue<String> closed = new ConcurrentLinkedQueue<>();

    private final class Fake implements Role {
        private final String name;
        private final IntSupplier step;

        Fake(String name, IntSupplier step) {
            this.name = name;
            this.step = step;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int step() {
            return step.getAsInt();
        }

        @Override
        public void close() {
            closed.add(name + " on " + Thread.currentThread().getName());
        }
    }

    @Test
    void rolesAreSteppedOnTheirOwnThreadAndClosedThereInOrder() {
        ConcurrentLinkedQueue<String> threads = new ConcurrentLinkedQueue<>();
        Role first = new Fake("first", () -> note(threads));
        Role second = new Fake("second", () -> note(threads));

        try (Loop loop = Loop.start(List.of(first, second), LIMIT)) {
            await().until(() -> threads.contains("first") && threads.contains("second"));
            assertThat(loop.failure()).isEmpty();
        }

        assertThat(closed).containsExactly("first on first", "second on second");
    }

    @ParameterizedTest
    @MethodSource("outages")
    void whatIsAwayForAWhileIsNoFailure(RuntimeException outage) {
        AtomicInteger steps = new AtomicInteger();
        Role role = new Fake("learner", () -> {
            if (steps.incrementAndGet() < 3) {
                throw outage;
            }
            return 1;
        });
        try (Loop loop = Loop.start(List.of(role), LIMIT)) {
            await().until(() -> steps.get() > 3);
            assertThat(loop.failure()).isEmpty();
        }
    }

    static List<RuntimeException> outages() {
        return List.of(
                new IllegalStateException("no offsets", new TimeoutException("no broker")),
                new StoreUnavailable("no store", new ConnectException()));
    }

    @Test
    void firstFailureIsKeptAndEndsTheWait() {
        CountDownLatch broken = new CountDownLatch(1);
        Role bad = new Fake("learner", () -> {
            broken.countDown();
            throw new IllegalStateException("step 3: loss is NaN");
        });
        Role idle = new Fake("idle", () -> 0);

        try (Loop loop = Loop.start(List.of(bad, idle), LIMIT)) {
            assertThatExceptionOfType(RoleFailed.class)
                    .isThrownBy(() -> loop.await(() -> false, () -> {}, Duration.ofMillis(1)))
                    .withMessage("learner: step 3: loss is NaN")
                    .satisfies(error -> assertThat(error.role()).isEqualTo("learner"))
                    .withCauseInstanceOf(IllegalStateException.class);
        }
        assertThat(closed).containsExactly("learner on learner", "idle on idle");
    }

    @Test
    void errorOfTheMachineIsAFailureToo() {
        Role bad = new Fake("generator", () -> {
            throw new UnsatisfiedLinkError("libtorch.so");
        });

        try (Loop loop = Loop.start(List.of(bad), LIMIT)) {
            await().until(() -> loop.failure().isPresent());
            assertThat(loop.failure().orElseThrow()).hasMessage("generator: UnsatisfiedLinkError: libtorch.so");
        }
    }

    @Test
    void failureInClosingIsAFailure() {
        Role bad = new Role() {
            @Override
            public String name() {
                return "publisher";
            }

            @Override
            public int step() {
                return 0;
            }

            @Override
            public void close() {
                throw new IllegalStateException("not flushed");
            }
        };
        Loop loop = Loop.start(List.of(bad), LIMIT);
        loop.close();

        assertThat(loop.failure().orElseThrow()).hasMessage("publisher: not flushed");
    }

    @Test
    void waitEndsWhenDoneAndTicksUntilThen() throws InterruptedException {
        AtomicInteger steps = new AtomicInteger();
        AtomicInteger ticks = new AtomicInteger();

        try (Loop loop = Loop.start(List.of(new Fake("worker", steps::incrementAndGet)), LIMIT)) {
            loop.await(() -> steps.get() >= 100 && ticks.get() >= 2, ticks::incrementAndGet, Duration.ofMillis(1));
        }
        assertThat(ticks.get()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void roleThatHangsIsInterrupted() {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        Role hung = new Fake("hung", () -> {
            entered.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
            return 0;
        });
        Loop loop = Loop.start(List.of(hung), Duration.ofMillis(50));
        await().until(() -> entered.getCount() == 0);
        loop.close();

        await().untilAsserted(() -> assertThat(closed).containsExactly("hung on hung"));
    }

    private static int note(ConcurrentLinkedQueue<String> threads) {
        String name = Thread.currentThread().getName();
        if (!threads.contains(name)) {
            threads.add(name);
        }
        return 0;
    }
}
