package dev.seine.learner;

import java.time.Duration;

/**
 * Supervised training on demonstrations before reinforcement learning. It ends with whichever bound comes first.
 *
 * @param epochs passes over the demonstrations
 * @param steps most updates; 0 for no bound
 * @param limit most time; zero for no bound. With a time limit the outcome depends on the machine's speed
 * @param batchTokens tokens of the sequences of one update, at least one sequence
 * @param microBatchTokens tokens, padding included, that go through the network at once
 * @param finalLr share of the peak rate that the cosine ends at
 * @param reportEvery updates between progress reports
 * @param seed decides the order of the demonstrations
 * @param optimizer rate, warm-up and the rest
 */
public record ColdStartConfig(
        int epochs,
        int steps,
        Duration limit,
        int batchTokens,
        int microBatchTokens,
        double finalLr,
        int reportEvery,
        long seed,
        OptimizerConfig optimizer) {
    /** Checks the ranges. */
    public ColdStartConfig {
        Require.atLeast("cold-start.epochs", epochs, 0);
        Require.atLeast("cold-start.steps", steps, 0);
        Require.that(!limit.isNegative(), "cold-start.limit", "zero or more", limit);
        Require.atLeast("cold-start.batch-tokens", batchTokens, 1);
        Require.atLeast("cold-start.micro-batch-tokens", microBatchTokens, 1);
        Require.between("cold-start.final-lr", finalLr, 0, 1);
        Require.atLeast("cold-start.report-every", reportEvery, 1);
    }

    /** About what a model of a million parameters needs from scratch. */
    public static ColdStartConfig defaults() {
        return new ColdStartConfig(6, 0, Duration.ZERO, 8192, 4096, 0.1, 20, 17, OptimizerConfig.adamw(2e-3, 50));
    }
}
