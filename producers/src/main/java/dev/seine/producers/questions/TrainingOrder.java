package dev.seine.producers.questions;

import dev.seine.producers.Seeds;
import java.util.SplittableRandom;

/** Which question stands at which place of the training order: every epoch is a permutation of all, drawn from the seed. */
final class TrainingOrder {
    private final long seed;
    private final int size;
    private int epoch = -1;
    private int[] permutation = {};

    TrainingOrder(long seed, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("an order needs at least 1 question, got " + size);
        }
        this.seed = seed;
        this.size = size;
    }

    /** The pass over the questions that this place belongs to, from 0. */
    int epoch(long seq) {
        return Math.toIntExact(seq / size);
    }

    /** Index of the question at this place. */
    int index(long seq) {
        int wanted = epoch(seq);
        if (wanted != epoch) {
            permutation = shuffled(wanted);
            epoch = wanted;
        }
        return permutation[(int) (seq % size)];
    }

    /** Fisher and Yates' shuffle. */
    private int[] shuffled(int wanted) {
        SplittableRandom random = new SplittableRandom(Seeds.derive(seed, "training-order", wanted));
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
