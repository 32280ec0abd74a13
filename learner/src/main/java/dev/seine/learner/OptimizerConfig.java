package dev.seine.learner;

/**
 * AdamW with a clip of the global gradient norm (arXiv 1711.05101).
 *
 * @param lr peak learning rate
 * @param warmupSteps steps over which the rate rises linearly from 0; 0 starts at the peak
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param eps added to the root of the second moment
 * @param weightDecay decoupled decay of matrices; norm gains and biases never decay
 * @param gradClip largest global norm of the gradient
 */
public record OptimizerConfig(
        double lr, int warmupSteps, double beta1, double beta2, double eps, double weightDecay, double gradClip) {
    /** Checks the ranges. */
    public OptimizerConfig {
        Require.above("optimizer.lr", lr, 0);
        Require.atLeast("optimizer.warmup-steps", warmupSteps, 0);
        Require.between("optimizer.beta1", beta1, 0, 0.9999999);
        Require.between("optimizer.beta2", beta2, 0, 0.9999999);
        Require.above("optimizer.eps", eps, 0);
        Require.between("optimizer.weight-decay", weightDecay, 0, 1);
        Require.above("optimizer.grad-clip", gradClip, 0);
    }

    /** Settings that suit a model of about a million parameters under reinforcement learning. */
    public static OptimizerConfig defaults() {
        return new OptimizerConfig(3e-4, 5, 0.9, 0.98, 1e-8, 0.01, 1.0);
    }

    /** The same with another peak rate. */
    public OptimizerConfig withLr(double rate) {
        return new OptimizerConfig(rate, warmupSteps, beta1, beta2, eps, weightDecay, gradClip);
    }

    /** The rate of the step with this index, from 0, before any decay. */
    double warmed(long index) {
        return index < warmupSteps ? lr * (index + 1) / warmupSteps : lr;
    }
}
