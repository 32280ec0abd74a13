package dev.seine.learner;

/**
 * The memorization loss: rewritten trajectories trained with plain negative log-likelihood.
 *
 * @param mu weight of its token mean in the loss; 0 switches it off
 * @param batch samples in a step, fresh ones first
 * @param buffer samples kept for replay, newest first
 */
public record MemoryConfig(double mu, int batch, int buffer) {
    /** Checks the ranges. */
    public MemoryConfig {
        Require.between("memory.mu", mu, 0, 1000);
        Require.atLeast("memory.batch", batch, 0);
        Require.atLeast("memory.buffer", buffer, 1);
        Require.that(batch <= buffer, "memory.batch", "at most memory.buffer (" + buffer + ")", batch);
    }

    /** The papers' weight, 0.1. */
    public static MemoryConfig defaults() {
        return new MemoryConfig(0.1, 32, 4096);
    }

    boolean on() {
        return mu > 0 && batch > 0;
    }
}
