package dev.seine.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Rotary positions (Su et al. 2021) in Hugging Face's layout: the i-th pair of a head is the i-th number of each half. */
final class Rotary {
    private Rotary() {}

    /**
     * Cosines or sines of the angles, [maxPositions, headDim]: position t turns pair i by t / theta^(2 i / hd) before scaling. Angles are
     * rounded to float32, as in the implementations that models were trained with.
     */
    static NDArray table(NDManager manager, ModelConfig config, boolean cosine) {
        int dim = config.headDim();
        double[] frequencies = new double[dim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(config.ropeTheta(), -2.0 * i / dim);
        }
        RopeScaling scaling = config.ropeScaling();
        double[] scaled = scaling.apply(frequencies, config.ropeTheta());
        float[] table = new float[Math.multiplyExact(config.maxPositions(), dim)];
        for (int i = 0; i < dim; i++) {
            float frequency = (float) scaled[i % scaled.length];
            for (int t = 0; t < config.maxPositions(); t++) {
                float angle = t * frequency;
                table[t * dim + i] = (float) (scaling.attention() * (cosine ? Math.cos(angle) : Math.sin(angle)));
            }
        }
        return manager.create(table, new Shape(config.maxPositions(), dim));
    }
}
