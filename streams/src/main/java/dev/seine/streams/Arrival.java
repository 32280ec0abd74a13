package dev.seine.streams;

import dev.seine.event.Trajectory;

/** A trajectory that may be scored, with its bytes as they lie in the log. */
final class Arrival {
    private final Trajectory trajectory;
    private final byte[] bytes;

    Arrival(Trajectory trajectory, byte[] bytes) {
        this.trajectory = trajectory;
        this.bytes = bytes;
    }

    Trajectory trajectory() {
        return trajectory;
    }

    byte[] bytes() {
        return bytes;
    }
}
