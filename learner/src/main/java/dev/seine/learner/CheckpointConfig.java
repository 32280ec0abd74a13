package dev.seine.learner;

/**
 * What is kept on disk.
 *
 * @param every steps between checkpoints
 * @param keep newest checkpoints kept
 * @param keepWeights newest published versions kept; version 0 and those of kept checkpoints stay besides
 */
public record CheckpointConfig(int every, int keep, int keepWeights) {
    /** Checks the ranges. */
    public CheckpointConfig {
        Require.atLeast("checkpoint.every", every, 1);
        Require.atLeast("checkpoint.keep", keep, 1);
        Require.atLeast("checkpoint.keep-weights", keepWeights, 1);
    }

    /** A checkpoint every 10 steps; a damaged one costs at most 20. */
    public static CheckpointConfig defaults() {
        return new CheckpointConfig(10, 2, 8);
    }
}
