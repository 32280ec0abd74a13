package dev.seine.streams.reward;

/** A rule as a user would bring one. */
public final class LengthRule implements RewardRule {
    @Override
    public String name() {
        return "length";
    }

    @Override
    public double reward(Rollout rollout, RewardConfig config) {
        return Words.count(rollout.trajectory().getText());
    }
}
