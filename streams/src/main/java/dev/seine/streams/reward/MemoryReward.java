package dev.seine.streams.reward;

import java.util.List;
import java.util.OptionalInt;

/**
 * Bonus for fewer searches than ever before on a question: a correct, well-formed rollout with t below the fewest
 * before, t*, gets kappa * (t* - t) / t*. All rollouts of a group are held against the t* from before the group, so
 * their order does not matter.
 */
final class MemoryReward {
    private MemoryReward() {}

    /** The bonus of each rollout, in the order given. */
    static double[] of(List<Judgement> group, OptionalInt fewest, RewardConfig config) {
        double[] bonuses = new double[group.size()];
        if (fewest.isEmpty() || fewest.getAsInt() == 0) {
            return bonuses;
        }
        int before = fewest.getAsInt();
        for (int i = 0; i < bonuses.length; i++) {
            Judgement judgement = group.get(i);
            boolean better = judgement.succeeded() && judgement.searches() < before;
            bonuses[i] = better ? config.memoryKappa() * (before - judgement.searches()) / before : 0;
        }
        return bonuses;
    }

    /** The fewest searches after the group. */
    static OptionalInt after(List<Judgement> group, OptionalInt fewest) {
        OptionalInt least = group.stream()
                .filter(Judgement::succeeded)
                .mapToInt(Judgement::searches)
                .min();
        if (least.isEmpty() || fewest.isEmpty()) {
            return least.isEmpty() ? fewest : least;
        }
        return OptionalInt.of(Math.min(least.getAsInt(), fewest.getAsInt()));
    }
}
