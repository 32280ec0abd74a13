package dev.seine.learner;

/**
 * The policy loss.
 *
 * @param clipLow how far the probability ratio may fall below 1 before its gradient stops
 * @param clipHigh how far it may rise above 1
 * @param kl weight of the k2 divergence from the policy at the start of reinforcement learning; 0 keeps no reference
 * @param decoupled whether the ratio is taken against the learner's policy when the batch was formed, with a truncated importance weight
 *     for the policy that sampled (arXiv 2505.24298, section 5)
 * @param importanceCap largest importance weight of the decoupled objective
 * @param normalisation {@code token}: mean over all trained tokens of the batch; {@code sequence}: mean over rollouts of their token means
 */
public record LossConfig(
        double clipLow, double clipHigh, double kl, boolean decoupled, double importanceCap, String normalisation) {
    /** For batches without policy tokens. */
    static final LossConfig LIKELIHOOD = new LossConfig(0.2, 0.2, 0, false, 1, "token");

    /** Checks the ranges and the name. */
    public LossConfig {
        Require.between("loss.clip-low", clipLow, 0, 1);
        Require.above("loss.clip-high", clipHigh, 0);
        Require.between("loss.kl", kl, 0, 10);
        Require.between("loss.importance-cap", importanceCap, 1, 1e6);
        Normalisation.of(normalisation);
    }

    /** As in the papers: clip 0.2 on both sides, divergence 1e-4, token mean. */
    public static LossConfig defaults() {
        return new LossConfig(0.2, 0.2, 1e-4, false, 2.0, "token");
    }

    /** The same with another weight of the divergence. */
    public LossConfig withKl(double weight) {
        return new LossConfig(clipLow, clipHigh, weight, decoupled, importanceCap, normalisation);
    }
}
