package dev.seine.learner;

import java.util.Arrays;
import java.util.List;

/** What a batch's token losses are divided by. */
enum Normalisation {
    /** Every trained token weighs the same: 1 / tokens of the batch. */
    TOKEN {
        @Override
        double[] weights(List<Sequence> batch) {
            double tokens = batch.stream().mapToLong(Sequence::trainedTokens).sum();
            double[] weights = new double[batch.size()];
            Arrays.fill(weights, tokens == 0 ? 0 : 1 / tokens);
            return weights;
        }
    },
    /** Every sequence weighs the same: 1 / (sequences * tokens of the sequence). */
    SEQUENCE {
        @Override
        double[] weights(List<Sequence> batch) {
            return batch.stream()
                    .mapToDouble(s -> 1.0 / ((double) batch.size() * s.trainedTokens()))
                    .toArray();
        }
    };

    /** Weight of each trained token of each sequence; over the batch the weights sum to 1. */
    abstract double[] weights(List<Sequence> batch);

    static Normalisation of(String name) {
        return switch (name) {
            case "token" -> TOKEN;
            case "sequence" -> SEQUENCE;
            default -> throw new IllegalArgumentException("loss.normalisation must be token or sequence, got " + name);
        };
    }
}
