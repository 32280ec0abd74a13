package dev.seine.streams.memory;

import dev.seine.event.ScoredTrajectory;
import java.util.Optional;

/**
 * Turns a correct searched trajectory into one with the same answer that recalls what was looked up. One that the reward topology calls
 * must be pure: the same samples are written when the same log is scored again. One that asks another system, such as a language model,
 * belongs into a role of its own, whose samples are in the log and are not made twice. Whatever comes of it goes through
 * {@link Verification}.
 */
public interface Rewriter {
    /** Rewrites nothing: the topology then writes no samples. */
    Rewriter NONE = new Rewriter() {
        @Override
        public String name() {
            return "none";
        }

        @Override
        public Optional<Rewritten> rewrite(ScoredTrajectory scored) {
            return Optional.empty();
        }
    };

    /** Name, as it stands in memory samples. */
    String name();

    /** The rewritten trajectory; empty if it cannot be rewritten well. */
    Optional<Rewritten> rewrite(ScoredTrajectory scored);
}
