package dev.seine.app;

import dev.seine.policy.store.StoreUnavailable;
import dev.seine.topics.Metric;
import dev.seine.topics.Outage;
import dev.seine.topics.Role;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the crank of roles, one thread each, named as the role. A role is stepped and closed on its own thread only. The
 * first error of any role is kept and ends the run; the others go on until {@link #close}, which closes them in the order
 * given, one after another, so that what follows in the flow still runs while what comes before it ends.
 *
 * <p>A broker, registry or object store that is away for the moment is no error: the role is stepped again until it is back.
 */
public final class Loop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final Duration LONGEST_REST = Duration.ofMillis(5);
    private static final Duration OUTAGE_PARK = Duration.ofMillis(500);

    private final List<Turner> turners;
    private final Duration closeLimit;
    private final AtomicReference<RoleFailed> failure = new AtomicReference<>();

    private Loop(List<? extends Role> roles, Duration closeLimit, MeterRegistry meters) {
        turners = roles.stream().map(role -> new Turner(role, meters)).toList();
        this.closeLimit = closeLimit;
    }

    /** Starts a thread for each role; each gets up to {@code closeLimit} to end when the loop is closed. */
    public static Loop start(List<? extends Role> roles, Duration closeLimit) {
        return start(roles, closeLimit, new CompositeMeterRegistry());
    }

    /** The same, shown by these meters. */
    public static Loop start(List<? extends Role> roles, Duration closeLimit, MeterRegistry meters) {
        Loop loop = new Loop(roles, closeLimit, meters);
        loop.turners.forEach(Thread::start);
        return loop;
    }

    /**
     * Waits on the calling thread until {@code done} says so, running {@code tick} about every {@code every}.
     *
     * @throws RoleFailed as soon as a role has failed
     * @throws InterruptedException if the calling thread is interrupted
     */
    public void await(BooleanSupplier done, Runnable tick, Duration every) throws InterruptedException {
        while (!done.getAsBoolean()) {
            check();
            tick.run();
            TimeUnit.NANOSECONDS.sleep(every.toNanos());
        }
        check();
    }

    /** Throws the first failure, if there was one. */
    public void check() {
        RoleFailed failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    /** Whether every role has what it needs and none has failed or was told to stop. */
    public boolean ready() {
        return failure.get() == null && turners.stream().allMatch(Turner::ready);
    }

    /** Time since the last turn of the role that has been in its present turn longest. */
    public Duration longestTurn() {
        return turners.stream()
                .map(Turner::sinceLastTurn)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** The first failure of a role, if there was one. */
    public Optional<RoleFailed> failure() {
        return Optional.ofNullable(failure.get());
    }

    /**
     * Stops and closes every role. An error in closing counts as the role's failure. A role that does not end in time is
     * interrupted, then left behind on its daemon thread. May be called more than once.
     */
    @Override
    public void close() {
        boolean interrupted = false;
        for (Turner turner : turners) {
            turner.stop = true;
            interrupted |= !ended(turner);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** False if the wait for the end was itself interrupted. */
    private boolean ended(Turner turner) {
        try {
            turner.join(closeLimit.toMillis());
            if (turner.isAlive()) {
                LOG.warn("{} did not end within {} and is interrupted", turner.getName(), closeLimit);
                turner.interrupt();
                turner.join(closeLimit.toMillis());
            }
            return true;
        } catch (InterruptedException e) {
            turner.interrupt();
            return false;
        }
    }

    private void failed(Role role, Throwable cause) {
        if (failure.compareAndSet(null, new RoleFailed(role.name(), cause))) {
            LOG.error("{} failed", role.name(), cause);
        } else {
            LOG.warn("{} failed too", role.name(), cause);
        }
    }

    private final class Turner extends Thread {
        private final Role role;
        private final Counter steps;
        private final Counter outages;
        private volatile boolean stop;
        private volatile long turnedNanos = System.nanoTime();

        Turner(Role role, MeterRegistry meters) {
            super(role.name());
            this.role = role;
            setDaemon(true);
            steps = Metric.ROLE_STEPS.counted(meters, role.name());
            outages = Metric.ROLE_OUTAGES.counted(meters, role.name());
            Metric.ROLE_READY.gauge(meters, () -> ready() ? 1 : 0, role.name());
            Metric.ROLE_STEP_AGE.gauge(meters, () -> sinceLastTurn().toMillis() / 1000.0, role.name());
        }

        boolean ready() {
            return !stop && isAlive() && role.ready();
        }

        Duration sinceLastTurn() {
            return Duration.ofNanos(System.nanoTime() - turnedNanos);
        }

        @Override
        public void run() {
            Idle idle = new Idle(LONGEST_REST);
            try (role) {
                while (!stop) {
                    long began = System.nanoTime();
                    int done = step();
                    turnedNanos = System.nanoTime();
                    if (done > 0) {
                        steps.increment();
                    }
                    LockSupport.parkNanos(idle.after(done, turnedNanos - began));
                }
            } catch (Throwable e) {
                // Errors too: a role that ran out of memory or lost its native library must not leave a run that waits.
                failed(role, e);
            }
        }

        /** One step; nothing done if what it needs is away for the moment. */
        private int step() {
            try {
                return role.step();
            } catch (RuntimeException e) {
                if (!(e instanceof StoreUnavailable) && !Outage.passing(e)) {
                    throw e;
                }
                LOG.warn("{} waits: {}", role.name(), Failures.line(e));
                outages.increment();
                LockSupport.parkNanos(OUTAGE_PARK.toNanos());
                return 0;
            }
        }
    }
}
