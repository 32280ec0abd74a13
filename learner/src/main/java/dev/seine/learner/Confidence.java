package dev.seine.learner;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Decides which recalls of the memory samples teach to recall, and not only what to recall: those that the policy would get right. A
 * sample trained whole teaches both at once, and the choice is learnt in a few steps, the fact in hundreds; a policy so trained recalls
 * what it does not know. So the tag that opens a recall stays in the loss only where the policy gives the recalled words at least a set
 * probability. Depends on the weights and the samples alone.
 */
final class Confidence {
    private final Trainer trainer;
    private final Packer packer;
    private final int open;
    private final int close;
    private final double leastLogProbability;

    /**
     * @param open id of the tag that opens a recall, {@code close} of the one that ends it
     * @param above least probability of the recalled words
     */
    Confidence(Trainer trainer, Packer packer, int open, int close, double above) {
        this.trainer = trainer;
        this.packer = packer;
        this.open = open;
        this.close = close;
        this.leastLogProbability = Math.log(above);
    }

    /** The samples, in order, with the tags of uncertain recalls out of the loss. */
    List<Sequence> admit(List<Sequence> samples) {
        float[][] logprobs = logprobs(samples);
        return IntStream.range(0, samples.size())
                .mapToObj(i -> admit(samples.get(i), logprobs[i]))
                .toList();
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

    private Sequence admit(Sequence sample, float[] logprobs) {
        boolean[] trained = sample.trained().clone();
        for (int i = 0; i < trained.length; i++) {
            trained[i] &= sample.tokens()[i] != open || recalled(sample, logprobs, i) >= leastLogProbability;
        }
        return Sequence.likelihood(sample.id(), sample.tokens(), trained);
    }

    /** ln p of the words between the tag at {@code from} and the one that ends the recall. */
    private double recalled(Sequence sample, float[] logprobs, int from) {
        double sum = 0;
        for (int i = from + 1; i < logprobs.length && sample.tokens()[i] != close; i++) {
            sum += logprobs[i];
        }
        return sum;
    }
}
