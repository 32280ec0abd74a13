package dev.seine.learner;

/**
 * The memorization loss: rewritten trajectories trained with plain negative log-likelihood.
 *
 * @param mu weight of its token mean in the loss; 0 switches it off
 * @param batch samples in a step, fresh ones first
 * @param buffer samples kept for replay, newest first
 * @param choiceAbove probability that the policy must give to what is recalled for recalling to be trained; below it searching is. 0
 *     trains to recall always, above 1 never. See {@link Confidence}
 * @param unprompted share of the samples that are trained without their question, see {@link Unprompted}
 * @param uncertainShare most that samples whose facts were not known when they were last drawn take of a batch ahead of the others
 */
public record MemoryConfig(
        double mu, int batch, int buffer, double choiceAbove, double unprompted, double uncertainShare) {
    /** Checks the ranges. */
    public MemoryConfig {
        Require.between("memory.mu", mu, 0, 1000);
        Require.atLeast("memory.batch", batch, 0);
        Require.atLeast("memory.buffer", buffer, 1);
        Require.between("memory.choice-above", choiceAbove, 0, 2);
        Require.between("memory.unprompted", unprompted, 0, 1);
        Require.between("memory.uncertain-share", uncertainShare, 0, 1);
        Require.that(batch <= buffer, "memory.batch", "at most memory.buffer (" + buffer + ")", batch);
    }

    /** The papers' weight, 0.1, and every sample trained as it is. */
    public static MemoryConfig defaults() {
        return new MemoryConfig(0.1, 32, 4096, 0, 0, 0);
    }

    boolean on() {
        return mu > 0 && batch > 0;
    }
}
