package dev.seine.app;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * What a loop does when there was no work: a few spins, for work that comes at once, then parks that double up to a
 * longest one. Used by one thread.
 */
final class Idle {
    private static final int SPINS = 20;
    private static final long FIRST_PARK_NANOS = 50_000;

    private final long longestParkNanos;
    private int spins;
    private long parkNanos = FIRST_PARK_NANOS;

    Idle(Duration longestPark) {
        longestParkNanos = longestPark.toNanos();
    }

    /** Waits, longer each time, after a turn that did nothing; starts over after one that did something. */
    void after(int workDone) {
        if (workDone > 0) {
            spins = 0;
            parkNanos = FIRST_PARK_NANOS;
        } else if (spins < SPINS) {
            spins++;
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(parkNanos);
            parkNanos = Math.min(2 * parkNanos, longestParkNanos);
        }
    }
}
