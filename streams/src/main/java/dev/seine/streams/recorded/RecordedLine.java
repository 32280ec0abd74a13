package dev.seine.streams.recorded;

import dev.seine.streams.reward.Rollout;
import java.nio.file.Path;

/** A line of a file of recorded trajectories. */
public sealed interface RecordedLine permits RecordedLine.Read, RecordedLine.Refused {
    /** Its number, from 1. */
    long number();

    /** A trajectory: a group of its own, with the answer that the file states. */
    record Read(long number, Rollout rollout) implements RecordedLine {}

    /** A line that is no trajectory, and why. */
    record Refused(Path file, long number, String cause) implements RecordedLine {
        /** File, line and cause in one. */
        public String message() {
            return file + ":" + number + ": " + cause;
        }
    }
}
