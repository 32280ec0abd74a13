package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.seine.policy.Decoder;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.ModelFolder;
import dev.seine.policy.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients where layers are computed again, against those where everything is kept. */
class CheckpointingTest {
    private static final Path GOLDEN = Path.of("../policy/src/test/resources/golden");
    private static final ModelConfig THREE_LAYERS_TIED =
            new ModelConfig(11, 16, 24, 3, 2, 1, 8, 32, 10_000, 1e-6, true, true);
    private static final ModelConfig ONE_LAYER_UNTIED =
            new ModelConfig(11, 16, 24, 1, 2, 2, 8, 32, 10_000, 1e-6, false, false);

    /** The same operators on the same numbers: only micro-batches are added up in another order. */
    private static final double FLOAT = 1e-6;

    /** A tied embedding's two gradients are added in float32 instead of bfloat16, whose digits are 8 bits. */
    private static final double BFLOAT = 1.0 / 256;

    /** A model and how far its gradients may lie apart, as a share of their length. */
    private record Model(String name, Supplier<Decoder> decoder, Precision precision, double tolerance) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Model> models() {
        return Stream.of(
                new Model("tied", () -> Tiny.lively(THREE_LAYERS_TIED, 3), Precision.FLOAT32, FLOAT),
                new Model("untied", () -> Tiny.lively(ONE_LAYER_UNTIED, 3), Precision.FLOAT32, FLOAT),
                new Model("adapters", CheckpointingTest::adapted, Precision.FLOAT32, FLOAT),
                new Model("tied, bfloat16", () -> Tiny.lively(THREE_LAYERS_TIED, 3), Precision.BFLOAT16, BFLOAT),
                new Model("untied, bfloat16", () -> Tiny.lively(ONE_LAYER_UNTIED, 3), Precision.BFLOAT16, FLOAT),
                new Model("adapters, bfloat16", CheckpointingTest::adapted, Precision.BFLOAT16, FLOAT));
    }

    @ParameterizedTest
    @MethodSource("models")
    void layersComputedAgainHaveTheSameGradients(Model model) {
        try (Decoder decoder = model.decoder.get();
                Trainer kept = new Trainer(decoder, new Computation(model.precision, false));
                Trainer again = new Trainer(decoder, new Computation(model.precision, true))) {
            List<TokenBatch> batches = batches();
            assertThat(batches).hasSize(2);
            for (TokenBatch batch : batches) {
                LossSums sums = kept.accumulate(batch, LossConfig.defaults());
                assertThat(again.accumulate(batch, LossConfig.defaults())).isEqualTo(sums);
            }
            List<float[]> expected = Tiny.values(kept.gradients());
            List<float[]> got = Tiny.values(again.gradients());
            for (int i = 0; i < expected.size(); i++) {
                double length = distance(expected.get(i), new float[expected.get(i).length]);
                assertThat(length).isPositive();
                assertThat(distance(got.get(i), expected.get(i)) / length)
                        .as(decoder.names().get(decoder.trainedFrom() + i))
                        .isLessThan(model.tolerance);
            }
        }
    }

    private static Decoder adapted() {
        Path base = GOLDEN.resolve("qwen2-tied-f32");
        return Decoder.adapted(base, ModelFolder.open(base).config(), GOLDEN.resolve("lora"), Device.cpu());
    }

    /** Two micro-batches of policy and text tokens, with a ban and a temperature. */
    private static List<TokenBatch> batches() {
        List<Sequence> sequences = List.of(
                Tiny.rollout("a", 1.3, 1f, new int[0], 1, 2, 3, 4, 5, 6),
                Tiny.rollout("b", -0.7, 0.8f, new int[] {9, 10}, 1, 2, 7, 8, 3, 3, 2),
                Tiny.text("c", 1, 5, 6, 7, 8));
        return new Packer(12, 0).pack(sequences, Tiny.even(3, 0.1));
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.pow((double) a[i] - b[i], 2);
        }
        return Math.sqrt(sum);
    }
}
