package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.policy.Decoder;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.ModelFolder;
import dev.seine.policy.Precision;
import dev.seine.policy.SafeTensors;
import dev.seine.policy.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Training of adapters and in half precision, on the golden model and adapter that PEFT was asked about. */
final class AdapterTest {
    private static final Path GOLDEN = Path.of("../policy/src/test/resources/golden");
    private static final Path BASE = GOLDEN.resolve("qwen2-tied-f32");
    private static final ModelConfig CONFIG = ModelFolder.open(BASE).config();

    @Test
    void gradientsAreThoseOfPeft() throws IOException {
        JsonNode expected = expected();
        try (Decoder decoder = adapted();
                Trainer trainer = new Trainer(decoder);
                NDManager manager = Torch.manager()) {
            LossSums sums = trainer.accumulate(batch(expected), LossConfig.LIKELIHOOD);
            assertThat(sums.meanNll()).isCloseTo(expected.path("nll").asDouble(), within(1e-4));
            Map<String, NDArray> golden = SafeTensors.read(GOLDEN.resolve("lora/expected.safetensors"), manager);
            assertThat(trainer.gradients()).hasSize(2 * 7 * 2); // layers, projections, A and B
            for (int i = 0; i < trainer.gradients().size(); i++) {
                String name = decoder.names().get(decoder.trainedFrom() + i);
                assertThat(trainer.gradients().get(i).toFloatArray())
                        .as(name)
                        .containsExactly(golden.get("grad." + name).toFloatArray(), within(1e-4f));
            }
        }
    }

    @Test
    void anUpdateChangesTheAdaptersAndNothingElse() throws IOException {
        try (Decoder decoder = adapted();
                Trainer trainer = new Trainer(decoder)) {
            List<float[]> before =
                    decoder.parameters().stream().map(NDArray::toFloatArray).toList();
            double first = step(trainer);
            double second = step(trainer);
            assertThat(second).isLessThan(first);
            for (int i = 0; i < before.size(); i++) {
                boolean same =
                        Arrays.equals(before.get(i), decoder.parameters().get(i).toFloatArray());
                assertThat(same).as(decoder.names().get(i)).isEqualTo(i < decoder.trainedFrom());
            }
        }
    }

    @Test
    void halfPrecisionTrainsFullWeights() throws IOException {
        // 8 bits of digits: a gradient is off by some percent of its own length, a weight changes in float32
        try (Decoder half = Decoder.load(BASE, CONFIG);
                Decoder full = Decoder.load(BASE, CONFIG);
                Trainer halved = new Trainer(half, new Computation(Precision.BFLOAT16, false));
                Trainer exact = new Trainer(full)) {
            TokenBatch batch = batch(expected());
            double nll = halved.accumulate(batch, LossConfig.LIKELIHOOD).meanNll();
            assertThat(nll)
                    .isCloseTo(exact.accumulate(batch, LossConfig.LIKELIHOOD).meanNll(), within(0.1));
            double distance = 0;
            double length = 0;
            for (int i = 0; i < exact.gradients().size(); i++) {
                float[] wanted = exact.gradients().get(i).toFloatArray();
                float[] got = halved.gradients().get(i).toFloatArray();
                for (int j = 0; j < wanted.length; j++) {
                    distance += Math.pow(got[j] - wanted[j], 2);
                    length += Math.pow(wanted[j], 2);
                }
            }
            assertThat(Math.sqrt(distance / length)).isBetween(1e-4, 0.1);
            double first = step(halved);
            assertThat(step(halved)).isLessThan(first);
            assertThat(half.precision()).isEqualTo(Precision.FLOAT32);
        }
    }

    private static double step(Trainer trainer) throws IOException {
        double nll =
                trainer.accumulate(batch(expected()), LossConfig.LIKELIHOOD).meanNll();
        trainer.update(OptimizerConfig.adamw(3e-4, 5), 1e-3);
        return nll;
    }

    private static Decoder adapted() {
        return Decoder.adapted(BASE, CONFIG, GOLDEN.resolve("lora"), Device.cpu());
    }

    /** All tokens but the first, weighted to their mean. */
    private static TokenBatch batch(JsonNode expected) {
        int[] ids = StreamSupport.stream(expected.path("ids").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
        boolean[] trained = new boolean[ids.length];
        Arrays.fill(trained, 1, ids.length, true);
        Sequence sequence = Sequence.likelihood("golden", ids, trained);
        return new Packer(4096, 0)
                .pack(List.of(sequence), new double[] {1.0 / (ids.length - 1)})
                .get(0);
    }

    private static JsonNode expected() throws IOException {
        return new ObjectMapper().readTree(GOLDEN.resolve("lora/expected.json").toFile());
    }
}
