package dev.seine.streams.reward;

import java.util.Arrays;
import java.util.List;

/**
 * Bonus of R1-Searcher++ (arXiv 2505.17005) for the fewest searches: over the correct, well-formed rollouts of a group
 * with search counts t, those with the least t get min(scale * sigma^exponent, clip), sigma the population standard
 * deviation of t; all others get 0.
 */
final class GroupReward {
    private GroupReward() {}

    /** The bonus of each rollout, in the order given. */
    static double[] of(List<Judgement> group, RewardConfig config) {
        int[] counts = group.stream()
                .filter(Judgement::succeeded)
                .mapToInt(Judgement::searches)
                .toArray();
        double[] bonuses = new double[group.size()];
        if (counts.length < 2) {
            return bonuses;
        }
        double bonus = Math.min(
                config.groupScale() * Math.pow(variance(counts), config.groupExponent() / 2), config.groupClip());
        int fewest = Arrays.stream(counts).min().getAsInt();
        for (int i = 0; i < bonuses.length; i++) {
            Judgement judgement = group.get(i);
            bonuses[i] = judgement.succeeded() && judgement.searches() == fewest ? bonus : 0;
        }
        return bonuses;
    }

    /** Exact in whole numbers up to the last division: n * sum(t^2) - sum(t)^2 over n^2. */
    private static double variance(int[] counts) {
        long n = counts.length;
        long sum = 0;
        long squares = 0;
        for (int count : counts) {
            sum += count;
            squares += (long) count * count;
        }
        return (double) (n * squares - sum * sum) / (n * n);
    }
}
