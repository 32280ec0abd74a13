package dev.seine.app.train;

import ai.djl.Device;
import dev.seine.policy.Decoder;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.ModelFolder;
import dev.seine.policy.Precision;
import java.nio.file.Path;

/** Writes a run's weights for other programs. */
final class Export {
    private Export() {}

    /** A folder that Transformers opens; adapters are merged into the model. */
    static void model(RunFolder folder, Path weights, Path target, Precision precision) {
        try (Decoder decoder = Decoder.load(weights, ModelConfig.read(folder.modelConfig()))) {
            if (decoder.lora().isPresent()) {
                decoder.merge();
            }
            ModelFolder.save(folder.root(), target, decoder, precision);
        }
    }

    /**
     * A folder that PEFT opens.
     *
     * @throws IllegalArgumentException if the weights are a whole model's
     */
    static void adapter(RunFolder folder, Path weights, Path target) {
        ModelConfig config = ModelConfig.read(folder.modelConfig());
        try (Decoder decoder = Decoder.load(weights, config, Device.cpu(), Precision.FLOAT32)) {
            decoder.saveAdapter(target);
        }
    }
}
