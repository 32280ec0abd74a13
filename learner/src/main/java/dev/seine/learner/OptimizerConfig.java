package dev.seine.learner;

import java.util.Set;

/**
 * The optimizer, with a clip of the global gradient norm: AdamW (arXiv 1711.05101), or Muon for the projections within layers and AdamW for
 * the rest (docs/losses.md).
 *
 * @param kind {@code adamw}, {@code muon}, or {@code auto} where {@link #decided} is still to say which
 * @param lr peak learning rate, of both
 * @param warmupSteps steps over which the rate rises linearly from 0; 0 starts at the peak
 * @param momentum decay of Muon's momentum
 * @param beta1 decay of AdamW's first moment
 * @param beta2 decay of AdamW's second moment
 * @param eps added to the root of the second moment
 * @param weightDecay decoupled decay of matrices; norm gains and biases never decay
 * @param gradClip largest global norm of the gradient
 */
public record OptimizerConfig(
        String kind,
        double lr,
        int warmupSteps,
        double momentum,
        double beta1,
        double beta2,
        double eps,
        double weightDecay,
        double gradClip) {
    /** AdamW for everything. */
    public static final String ADAMW = "adamw";

    /** Muon for the projections within layers. */
    public static final String MUON = "muon";

    private static final String AUTO = "auto";

    /** Checks the ranges. */
    public OptimizerConfig {
        Require.that(Set.of(ADAMW, MUON, AUTO).contains(kind), "optimizer.kind", "auto, adamw or muon", kind);
        Require.above("optimizer.lr", lr, 0);
        Require.atLeast("optimizer.warmup-steps", warmupSteps, 0);
        Require.between("optimizer.momentum", momentum, 0, 0.9999999);
        Require.between("optimizer.beta1", beta1, 0, 0.9999999);
        Require.between("optimizer.beta2", beta2, 0, 0.9999999);
        Require.above("optimizer.eps", eps, 0);
        Require.between("optimizer.weight-decay", weightDecay, 0, 1);
        Require.above("optimizer.grad-clip", gradClip, 0);
    }

    /** AdamW with betas that suit models of about a million parameters. */
    public static OptimizerConfig adamw(double lr, int warmupSteps) {
        return new OptimizerConfig(ADAMW, lr, warmupSteps, 0.95, 0.9, 0.98, 1e-8, 0.01, 1.0);
    }

    /** The same with the kind that {@code auto} is: Muon for a network from scratch, AdamW for one that was trained before, as it was then. */
    public OptimizerConfig decided(boolean fromScratch) {
        String rule = !kind.equals(AUTO) ? kind : fromScratch ? MUON : ADAMW;
        return new OptimizerConfig(rule, lr, warmupSteps, momentum, beta1, beta2, eps, weightDecay, gradClip);
    }

    /** The rate of the step with this index, from 0, before any decay. */
    double warmed(long index) {
        return index < warmupSteps ? lr * (index + 1) / warmupSteps : lr;
    }
}
