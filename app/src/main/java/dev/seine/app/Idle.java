package dev.seine.app;

import java.time.Duration;

/**
 * How long a loop rests after a turn that found no work: not at all for a few turns, for work that comes at once, then for times that double up to a
 * longest one. A turn that has itself waited for work is followed by so much less. Used by one thread.
 */
final class Idle {
    private static final int AT_ONCE = 20;
    private static final long FIRST_REST_NANOS = 50_000;

    private final long longestRestNanos;
    private int turns;
    private long restNanos = FIRST_REST_NANOS;

    Idle(Duration longestRest) {
        longestRestNanos = longestRest.toNanos();
    }

    /**
     * The rest after a turn, in nanoseconds, 0 or more; a turn that did something begins the series anew.
     *
     * @param tookNanos time that the turn has taken
     */
    long after(int workDone, long tookNanos) {
        if (workDone > 0) {
            turns = 0;
            restNanos = FIRST_REST_NANOS;
            return 0;
        }
        if (turns < AT_ONCE) {
            turns++;
            return 0;
        }
        long rest = restNanos;
        restNanos = Math.min(2 * restNanos, longestRestNanos);
        return Math.max(0, rest - tookNanos);
    }
}
