package dev.seine.app.train;

import java.time.Duration;

/** Time since it was made. */
final class Stopwatch {
    private final long start = System.nanoTime();

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    double seconds() {
        return elapsed().toNanos() / 1e9;
    }
}
