package dev.seine.streams.reward;

/**
 * A part of the reward beyond the four of the method. Implementations are found by name with
 * {@link java.util.ServiceLoader}, need a public constructor without parameters, and must be pure: the same rollout and
 * configuration always give the same value, from any thread.
 */
public interface RewardRule {
    /** Name in the configuration and in the event. */
    String name();

    /** Reward of one rollout, before its weight. */
    double reward(Rollout rollout, RewardConfig config);
}
