package dev.seine.policy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.SplittableRandom;

/** Small models for tests, with weights large enough that their predictions are far from uniform. */
final class Models {
    static final ModelConfig QWEN = new ModelConfig(50, 16, 24, 2, 4, 2, 4, 64, 10_000, 1e-6, true, true);
    static final ModelConfig LLAMA = new ModelConfig(37, 12, 20, 3, 3, 1, 6, 64, 500, 1e-5, false, false);
    static final ModelConfig PLAIN = new ModelConfig(23, 8, 8, 1, 2, 2, 4, 64, 10_000, 1e-6, false, true);
    static final List<ModelConfig> ALL = List.of(QWEN, LLAMA, PLAIN);

    private Models() {}

    /** Every parameter, norms and biases too, is drawn anew: a norm of ones or a bias of zeros would hide mistakes. */
    static Decoder sharp(ModelConfig config, long seed) {
        Decoder decoder = Decoder.random(config, seed, Device.cpu());
        SplittableRandom random = new SplittableRandom(seed);
        for (NDArray parameter : decoder.parameters()) {
            boolean norm = parameter.getShape().dimension() == 1 && parameter.toFloatArray()[0] == 1f;
            float[] values = new float[(int) parameter.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (norm ? random.nextDouble(0.5, 1.5) : random.nextGaussian() * 0.4);
            }
            try (NDArray fresh = parameter.getManager().create(values, parameter.getShape())) {
                Copy.into(parameter, 0, fresh);
            }
        }
        return decoder;
    }
}
