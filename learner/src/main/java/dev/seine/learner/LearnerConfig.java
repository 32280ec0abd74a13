package dev.seine.learner;

import java.time.Duration;

/**
 * Reinforcement learning.
 *
 * @param policy name of the policy; key of its weights and steps
 * @param questionsPerStep groups that a step consumes: step n (from 0) those of the questions with seq n*q .. n*q+q-1
 * @param totalSteps steps after which the learner is done
 * @param maxStaleness versions by which a rollout's oldest token may lag behind the weights it trains; 0 is on-policy
 * @param advantage {@code reinforce++}, {@code reinforce++-no-baseline}, {@code grpo}, {@code dr-grpo} or {@code rloo}
 * @param minibatches optimizer updates in a step, each on its share of the batch
 * @param microBatchTokens tokens, padding included, that go through the network at once
 * @param groupPatience how long a step waits for a group that does not come before it goes on without
 * @param finalLr share of the learning rate that it has fallen to, in a straight line, by the last step; 1 keeps it
 * @param seed decides which memory samples and demonstrations are drawn
 * @param computation how the network is run
 */
public record LearnerConfig(
        String policy,
        int questionsPerStep,
        int totalSteps,
        int maxStaleness,
        String advantage,
        int minibatches,
        int microBatchTokens,
        Duration groupPatience,
        double finalLr,
        long seed,
        Computation computation,
        OptimizerConfig optimizer,
        LossConfig loss,
        MemoryConfig memory,
        RehearsalConfig rehearsal,
        CheckpointConfig checkpoint) {
    /** Checks the ranges and names. */
    public LearnerConfig {
        Require.that(!policy.isBlank(), "run.policy", "a name", "nothing");
        Require.atLeast("rl.questions-per-step", questionsPerStep, 1);
        Require.atLeast("rl.steps", totalSteps, 0);
        Require.atLeast("rl.max-staleness", maxStaleness, 0);
        Advantages.of(advantage);
        Require.atLeast("learn.minibatches", minibatches, 1);
        Require.atLeast("learn.micro-batch-tokens", microBatchTokens, 1);
        Require.that(
                !groupPatience.isNegative() && !groupPatience.isZero(),
                "learn.group-patience",
                "above 0",
                groupPatience);
        Require.between("learn.final-lr", finalLr, 0, 1);
    }

    /** Whether an advantage of this name compares the rollouts of a group, so that a group needs at least two. */
    public static boolean comparesGroups(String advantage) {
        return Advantages.of(advantage).comparesGroups();
    }

    /** Learning rate of the step with this index, from 0. */
    double lr(long index) {
        double gone = totalSteps == 0 ? 0 : Math.min(1, index / (double) totalSteps);
        return optimizer.warmed(index) * (1 - (1 - finalLr) * gone);
    }

    /** Settings for the embedded world and a model of about a million parameters. */
    public static LearnerConfig defaults() {
        return new LearnerConfig(
                "policy",
                8,
                300,
                2,
                "reinforce++",
                1,
                4096,
                Duration.ofMinutes(2),
                1,
                17,
                Computation.PLAIN,
                OptimizerConfig.adamw(3e-4, 5),
                LossConfig.defaults(),
                MemoryConfig.defaults(),
                RehearsalConfig.defaults(),
                CheckpointConfig.defaults());
    }
}
