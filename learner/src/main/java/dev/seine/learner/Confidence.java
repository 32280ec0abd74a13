package dev.seine.learner;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Teaches to recall what the policy knows and to search for what it does not. A memory sample trained whole teaches what to recall and
 * that it is to be recalled, and the second is learnt in a few steps, the first in hundreds; a policy so trained recalls what it does not
 * know. So the tag that opens a recall stays in the loss only where the policy gives the recalled words at least a set probability. At a
 * sample's first recall that is less likely, the tag that opens a search takes its place. The recalled words are in the loss either way,
 * for a share of the samples without their question. Depends on the weights, the samples, the seed and the step alone.
 */
final class Confidence {
    private final Trainer trainer;
    private final Packer packer;
    private final Tags tags;
    private final double leastLogProbability;
    private final double unprompted;
    private final long seed;

    /**
     * Ids of tags.
     *
     * @param recall opens a recall
     * @param recalled ends it
     * @param search opens a search
     */
    record Tags(int recall, int recalled, int search) {}

    /**
     * What is to be trained.
     *
     * @param uncertain ids of the samples with a recall that is not likely enough
     */
    record Admitted(List<Sequence> sequences, Set<String> uncertain) {}

    /** {@code seed} decides which samples lose their question. */
    Confidence(Trainer trainer, Packer packer, Tags tags, MemoryConfig config, long seed) {
        this.trainer = trainer;
        this.packer = packer;
        this.tags = tags;
        this.leastLogProbability = Math.log(config.choiceAbove());
        this.unprompted = config.unprompted();
        this.seed = seed;
    }

    /** The samples, in order, with the tags of uncertain recalls out of the loss or their question gone, then what is to be searched for. */
    Admitted admit(List<Sequence> samples, long step) {
        float[][] logprobs = logprobs(samples);
        SplittableRandom random = new SplittableRandom(seed * 37 + step);
        List<Sequence> sequences = new ArrayList<>();
        List<Sequence> searches = new ArrayList<>();
        Set<String> unknown = new HashSet<>();
        for (int i = 0; i < samples.size(); i++) {
            Sequence sample = samples.get(i);
            boolean[] uncertain = uncertain(sample, logprobs[i]);
            OptionalInt first = first(uncertain);
            first.ifPresent(at -> unknown.add(sample.id()));
            if (random.nextDouble() < unprompted) {
                sequences.add(Unprompted.of(sample, tags));
            } else {
                sequences.add(without(uncertain, sample));
                first.ifPresent(at -> searches.add(search(sample, at)));
            }
        }
        sequences.addAll(searches);
        return new Admitted(List.copyOf(sequences), Set.copyOf(unknown));
    }

    private static Sequence without(boolean[] uncertain, Sequence sample) {
        boolean[] trained = sample.trained().clone();
        for (int at = 0; at < trained.length; at++) {
            trained[at] &= !uncertain[at];
        }
        return Sequence.likelihood(sample.id(), sample.tokens(), trained);
    }

    private float[][] logprobs(List<Sequence> samples) {
        float[][] logprobs =
                samples.stream().map(s -> new float[s.tokens().length]).toArray(float[][]::new);
        double[] weights = new double[samples.size()];
        Arrays.fill(weights, 1);
        for (TokenBatch batch : packer.pack(samples, weights)) {
            float[] found = trainer.logprobs(batch, LossConfig.LIKELIHOOD, trainer.decoder());
            for (int i = 0; i < found.length; i++) {
                logprobs[batch.owner()[i]][batch.token(i)] = found[i];
            }
        }
        return logprobs;
    }

    /** Where a tag opens a recall that is not likely enough. */
    private boolean[] uncertain(Sequence sample, float[] logprobs) {
        boolean[] uncertain = new boolean[sample.tokens().length];
        for (int i = 0; i < uncertain.length; i++) {
            uncertain[i] = sample.trained()[i]
                    && sample.tokens()[i] == tags.recall()
                    && recalled(sample, logprobs, i) < leastLogProbability;
        }
        return uncertain;
    }

    private static OptionalInt first(boolean[] uncertain) {
        return IntStream.range(0, uncertain.length).filter(i -> uncertain[i]).findFirst();
    }

    /** The sample up to a recall, and a search begun there instead; only that tag is trained. */
    private Sequence search(Sequence sample, int at) {
        int[] tokens = Arrays.copyOf(sample.tokens(), at + 1);
        tokens[at] = tags.search();
        boolean[] trained = new boolean[at + 1];
        trained[at] = true;
        return Sequence.likelihood(sample.id(), tokens, trained);
    }

    /** ln p of the words between the tag at {@code from} and the one that ends the recall. */
    private double recalled(Sequence sample, float[] logprobs, int from) {
        double sum = 0;
        for (int i = from + 1; i < logprobs.length && sample.tokens()[i] != tags.recalled(); i++) {
            sum += logprobs[i];
        }
        return sum;
    }
}
