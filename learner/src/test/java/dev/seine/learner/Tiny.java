package dev.seine.learner;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import dev.seine.policy.Decoder;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A decoder small enough for arithmetic, and token sequences for it. */
final class Tiny {
    static final ModelConfig CONFIG = new ModelConfig(11, 16, 24, 2, 2, 1, 8, 32, 10_000, 1e-6, true, true);

    private Tiny() {}

    static Decoder decoder(long seed) {
        return decoder(CONFIG, seed);
    }

    private static Decoder decoder(ModelConfig config, long seed) {
        Torch.threads(1);
        return Decoder.random(config, seed, Device.cpu());
    }

    static Decoder lively(long seed) {
        return lively(CONFIG, seed);
    }

    /** Values far from the start, so that no gradient is small by accident. */
    static Decoder lively(ModelConfig config, long seed) {
        Decoder decoder = decoder(config, seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (NDArray p : decoder.parameters()) {
            float[] values = p.toFloatArray();
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (0.3 * random.nextGaussian());
            }
            p.set(values);
        }
        return decoder;
    }

    /** Policy tokens everywhere but in the first two places. */
    static Sequence rollout(String id, double advantage, float temperature, int[] banned, int... tokens) {
        boolean[] sampled = new boolean[tokens.length];
        Arrays.fill(sampled, 2, tokens.length, true);
        float[] behaviour = new float[tokens.length];
        for (int i = 2; i < tokens.length; i++) {
            behaviour[i] = -1.5f - 0.37f * (i % 3);
        }
        return new Sequence(id, tokens, sampled, behaviour, advantage, temperature, banned);
    }

    static Sequence text(String id, int... tokens) {
        boolean[] trained = new boolean[tokens.length];
        Arrays.fill(trained, 2, tokens.length, true);
        return Sequence.likelihood(id, tokens, trained);
    }

    static List<float[]> values(List<NDArray> arrays) {
        List<float[]> values = new ArrayList<>();
        arrays.forEach(a -> values.add(a.toFloatArray()));
        return values;
    }

    static double[] even(int count, double weight) {
        double[] weights = new double[count];
        Arrays.fill(weights, weight);
        return weights;
    }
}
