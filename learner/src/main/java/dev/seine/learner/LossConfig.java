package dev.seine.learner;

import java.util.List;

/**
 * The policy loss; docs/losses.md has each formula with its source.
 *
 * @param clipLow how far the probability ratio may fall below 1 before its gradient stops
 * @param clipHigh how far it may rise above 1
 * @param dualClip c of the dual clip: where the advantage A is negative, the objective is at least c * A (arXiv 1912.09729); 0 is none
 * @param kl weight of the divergence from the policy at the start of reinforcement learning; 0 keeps no reference
 * @param klEstimator {@code k1}, {@code k2} or {@code k3}
 * @param decoupled whether the ratio is taken against the learner's policy when the batch was formed, with a truncated importance weight
 *     for the policy that sampled (arXiv 2505.24298, section 5)
 * @param importanceCap largest importance weight of the decoupled objective
 * @param normalisation {@code token}: mean over all trained tokens of the batch; {@code sequence}: mean over rollouts of their token means
 */
public record LossConfig(
        double clipLow,
        double clipHigh,
        double dualClip,
        double kl,
        String klEstimator,
        boolean decoupled,
        double importanceCap,
        String normalisation) {
    private static final List<String> ESTIMATORS = List.of("k1", "k2", "k3");

    /** For batches without policy tokens. */
    static final LossConfig LIKELIHOOD = new LossConfig(0.2, 0.2, 0, 0, "k2", false, 1, "token");

    /** Checks the ranges and the names. */
    public LossConfig {
        Require.between("loss.clip-low", clipLow, 0, 1);
        Require.above("loss.clip-high", clipHigh, 0);
        Require.that(
                dualClip == 0 || (dualClip > 1 && Double.isFinite(dualClip)),
                "loss.dual-clip",
                "0 or above 1",
                dualClip);
        Require.between("loss.kl", kl, 0, 10);
        Require.that(ESTIMATORS.contains(klEstimator), "loss.kl-estimator", "k1, k2 or k3", klEstimator);
        Require.between("loss.importance-cap", importanceCap, 1, 1e6);
        Normalisation.of(normalisation);
    }

    /** As in the papers: clip 0.2 on both sides, divergence 1e-4 by k2, token mean. */
    public static LossConfig defaults() {
        return new LossConfig(0.2, 0.2, 0, 1e-4, "k2", false, 2.0, "token");
    }

    /** The same with another weight of the divergence. */
    public LossConfig withKl(double weight) {
        return withKl(weight, klEstimator);
    }

    /** The same with another weight and estimator of the divergence. */
    public LossConfig withKl(double weight, String estimator) {
        return new LossConfig(clipLow, clipHigh, dualClip, weight, estimator, decoupled, importanceCap, normalisation);
    }

    /** Number of the estimator, from 1. */
    int estimator() {
        return ESTIMATORS.indexOf(klEstimator) + 1;
    }
}
