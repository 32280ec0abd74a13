package dev.seine.learner;

import dev.seine.event.ScoredTrajectory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How good a rollout was beside its group: the factor of every token it sampled. The rewards' group statistics travel in the events; here
 * only what needs the learner's batch is added.
 */
enum Advantages {
    /**
     * REINFORCE++ with the group mean as baseline (arXiv 2501.03262): a = r - group mean, then (a - mean(a)) / (std(a) + 1e-8) over the
     * batch, population standard deviation.
     */
    REINFORCE_PP {
        @Override
        double[] of(List<ScoredTrajectory> batch) {
            return normalised(
                    batch.stream().mapToDouble(ScoredTrajectory::getAdvantage).toArray());
        }
    },
    /** REINFORCE++ as first published (arXiv 2501.03262), without a baseline of the group: (r - mean(r)) / (std(r) + 1e-8) over the batch. */
    REINFORCE_PP_NO_BASELINE {
        @Override
        double[] of(List<ScoredTrajectory> batch) {
            return normalised(
                    batch.stream().mapToDouble(s -> s.getRewards().getTotal()).toArray());
        }

        @Override
        boolean comparesGroups() {
            return false;
        }
    },
    /** GRPO (arXiv 2402.03300): (r - group mean) / (group std + 1e-6). */
    GRPO {
        @Override
        double[] of(List<ScoredTrajectory> batch) {
            return batch.stream()
                    .mapToDouble(s -> s.getAdvantage() / (s.getGroupStd() + 1e-6))
                    .toArray();
        }
    },
    /** Dr. GRPO (arXiv 2503.20783): r - group mean. */
    DR_GRPO {
        @Override
        double[] of(List<ScoredTrajectory> batch) {
            return batch.stream().mapToDouble(ScoredTrajectory::getAdvantage).toArray();
        }
    },
    /** RLOO (arXiv 2402.14740): r - mean of the others = (r - group mean) * n / (n - 1). */
    RLOO {
        @Override
        double[] of(List<ScoredTrajectory> batch) {
            return batch.stream()
                    .mapToDouble(s -> {
                        double n = s.getGroupCount();
                        return n < 2 ? 0 : s.getAdvantage() * n / (n - 1);
                    })
                    .toArray();
        }
    };

    /** The advantage of each rollout, in the order of the batch. */
    abstract double[] of(List<ScoredTrajectory> batch);

    /** Whether rollouts are held against others of their group: then a group of equal rewards carries no signal, and one rollout is no group. */
    boolean comparesGroups() {
        return true;
    }

    static Advantages of(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "reinforce++" -> REINFORCE_PP;
            case "reinforce++-no-baseline" -> REINFORCE_PP_NO_BASELINE;
            case "grpo" -> GRPO;
            case "dr-grpo" -> DR_GRPO;
            case "rloo" -> RLOO;
            default ->
                throw new IllegalArgumentException(
                        "learn.advantage must be reinforce++, reinforce++-no-baseline, grpo, dr-grpo or rloo, got "
                                + name);
        };
    }

    private static double[] normalised(double[] values) {
        double mean = mean(values);
        double variance = 0;
        for (double value : values) {
            variance += (value - mean) * (value - mean) / values.length;
        }
        double std = Math.sqrt(variance);
        return Arrays.stream(values).map(value -> (value - mean) / (std + 1e-8)).toArray();
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return values.length == 0 ? 0 : sum / values.length;
    }
}
