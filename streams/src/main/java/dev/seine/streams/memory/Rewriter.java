package dev.seine.streams.memory;

import dev.seine.event.ScoredTrajectory;
import java.util.Optional;

/**
 * Turns a correct searched trajectory into one with the same answer that recalls what was looked up. Must be pure:
 * the reward topology writes the same samples when it scores the same log again.
 */
public interface Rewriter {
    /** Name, as it stands in memory samples. */
    String name();

    /** The rewritten trajectory; empty if it cannot be rewritten well. */
    Optional<Rewritten> rewrite(ScoredTrajectory scored);
}
