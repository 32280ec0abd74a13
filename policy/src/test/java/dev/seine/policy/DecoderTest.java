package dev.seine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DecoderTest {
    private static final int[][] TEXTS = {{3, 1, 4, 1, 5, 9, 2}, {6, 5, 3, 5, 8, 9, 7}};

    static Stream<ModelConfig> configs() {
        return Models.ALL.stream();
    }

    @BeforeAll
    static void oneThread() {
        Torch.threads(1);
    }

    @ParameterizedTest
    @MethodSource("configs")
    void logitsEqualThoseOfPlainLoops(ModelConfig config) {
        try (Decoder decoder = Models.sharp(config, 1);
                NDManager manager = Torch.manager();
                TorchModule network = Torch.compile(manager, new NetworkScript(config, Optional.empty()).text())) {
            float[] logits = network.call(
                            manager,
                            "logits",
                            false,
                            List.of(ids(manager), decoder.cos(), decoder.sin(), decoder.parameters()))
                    .get(0)
                    .toFloatArray();
            Oracle oracle = new Oracle(decoder);
            int at = 0;
            for (int[] text : TEXTS) {
                for (double[] row : oracle.logits(text)) {
                    for (double expected : row) {
                        assertThat((double) logits[at++]).isCloseTo(expected, within(1e-4));
                    }
                }
            }
            assertThat(at).isEqualTo(logits.length);
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void statesOfSomePlacesAreThoseOfAll(ModelConfig config) {
        // row 0, column 6 and row 1, columns 0 and 4 of 7 columns each
        long[] places = {6, 7, 11};
        try (Decoder decoder = Models.sharp(config, 1);
                NDManager manager = Torch.manager();
                TorchModule network = Torch.compile(manager, new NetworkScript(config, Optional.empty()).text())) {
            List<Object> rest = List.of(decoder.cos(), decoder.sin(), decoder.parameters());
            NDArray everywhere = manager.arange(0, 14, 1, DataType.INT64);
            float[] all = network.call(manager, "states", false, with(List.of(ids(manager), everywhere), rest))
                    .get(0)
                    .toFloatArray();
            float[] some = network.call(
                            manager, "states", false, with(List.of(ids(manager), manager.create(places)), rest))
                    .get(0)
                    .toFloatArray();
            int width = config.hiddenSize();
            for (int i = 0; i < places.length; i++) {
                float[] expected = Arrays.copyOfRange(all, (int) places[i] * width, (int) (places[i] + 1) * width);
                assertThat(Arrays.copyOfRange(some, i * width, (i + 1) * width))
                        .containsExactly(expected, within(1e-5f));
            }
        }
    }

    private static List<Object> with(List<Object> first, List<Object> rest) {
        return Stream.concat(first.stream(), rest.stream()).toList();
    }

    @ParameterizedTest
    @MethodSource("configs")
    void gradientsEqualFiniteDifferences(ModelConfig config) {
        // loss = mean over tokens of -log p(next); f'(x) ~ (f(x + h) - f(x - h)) / 2 h, with f computed in doubles
        String loss =
                """
                  def gradient(self: __torch__.M, ids: Tensor, cos: Tensor, sin: Tensor, p: List[Tensor]) -> List[Tensor]:
                    lp = torch.log_softmax((self).logits(ids, cos, sin, p, ), -1)
                    lp = torch.slice(lp, 1, 0, -1, 1)
                    next = torch.unsqueeze(torch.slice(ids, 1, 1), 2)
                    loss = torch.neg(torch.mean(torch.gather(lp, 2, next)))
                    found = torch.autograd.grad([loss], p, None, None, False, False)
                    g = annotate(List[Tensor], [])
                    for i in range(torch.len(found)):
                      _1 = torch.append(g, unchecked_cast(Tensor, found[i]))
                    return torch.add([torch.detach(loss)], g)
                """;
        try (Decoder decoder = Models.sharp(config, 2);
                NDManager manager = Torch.manager();
                TorchModule network = Torch.compile(manager, new NetworkScript(config, Optional.empty()).with(loss))) {
            decoder.requireGradients(true);
            NDList out = network.call(
                    manager,
                    "gradient",
                    true,
                    List.of(ids(manager), decoder.cos(), decoder.sin(), decoder.parameters()));
            decoder.requireGradients(false);
            assertThat((double) out.get(0).getFloat()).isCloseTo(loss(decoder), within(1e-5));
            for (int p = 0; p < decoder.parameters().size(); p++) {
                NDArray parameter = decoder.parameters().get(p);
                int i = (int) (parameter.size() / 2);
                float h = 1e-3f;
                double slope = (shifted(decoder, parameter, i, h) - shifted(decoder, parameter, i, -h)) / (2 * h);
                assertThat((double) out.get(1 + p).toFloatArray()[i])
                        .as(decoder.names().get(p))
                        .isCloseTo(slope, within(1e-4 + 1e-3 * Math.abs(slope)));
            }
        }
    }

    @Test
    void parametersCarryHuggingFaceNames() {
        try (Decoder decoder = Decoder.random(Models.QWEN, 1, Device.cpu())) {
            assertThat(decoder.names())
                    .contains(
                            "model.embed_tokens.weight",
                            "model.layers.1.self_attn.q_proj.weight",
                            "model.layers.1.self_attn.q_proj.bias",
                            "model.layers.0.mlp.down_proj.weight",
                            "model.norm.weight")
                    .doesNotContain("lm_head.weight")
                    .hasSize(1 + 2 * 12 + 1);
            // embedding 50 x 16; per layer 16 + 16 (norms) + 16x16 + 2 x 8x16 + 16x16 (attention) + 32 (biases) + 3 x
            // 24x16; norm 16
            assertThat(Models.QWEN.parameterCount())
                    .isEqualTo(50 * 16 + 2 * (32 + 256 + 256 + 256 + 32 + 1152) + 16)
                    .isEqualTo(decoder.parameters().stream()
                            .mapToLong(NDArray::size)
                            .sum());
        }
    }

    @Test
    void equalSeedsGiveEqualModels() {
        try (Decoder one = Decoder.random(Models.QWEN, 5, Device.cpu());
                Decoder same = Decoder.random(Models.QWEN, 5, Device.cpu());
                Decoder other = Decoder.random(Models.QWEN, 6, Device.cpu())) {
            assertThat(values(one)).isEqualTo(values(same));
            assertThat(values(one)).isNotEqualTo(values(other));
        }
    }

    @Test
    void residualProjectionsStartSmaller() {
        // 0.02 / sqrt(2 x 8 layers) = 0.005
        ModelConfig deep = new ModelConfig(100, 64, 64, 8, 4, 4, 16, 8, 10_000, 1e-6, true, true);
        try (Decoder decoder = Decoder.random(deep, 1, Device.cpu())) {
            assertThat(deviation(decoder, "model.embed_tokens.weight")).isCloseTo(0.02, within(0.001));
            assertThat(deviation(decoder, "model.layers.3.mlp.down_proj.weight"))
                    .isCloseTo(0.005, within(0.0003));
        }
    }

    @Test
    void savedModelsAreReadBackBitForBit(@TempDir Path folder) {
        Path file = folder.resolve("model.safetensors");
        try (Decoder decoder = Models.sharp(Models.LLAMA, 3)) {
            decoder.save(file);
            try (Decoder back = Decoder.load(file, Models.LLAMA)) {
                assertThat(values(back)).isEqualTo(values(decoder));
                assertThat(back.names()).isEqualTo(decoder.names());
            }
        }
        assertThat(folder.toFile().list()).containsExactly("model.safetensors");
    }

    @Test
    void aFileOfAnotherModelIsRefusedByName(@TempDir Path folder) {
        Path file = folder.resolve("model.safetensors");
        try (Decoder decoder = Models.sharp(Models.QWEN, 3)) {
            decoder.save(file);
        }
        assertThatThrownBy(() -> Decoder.load(file, Models.LLAMA))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("model.embed_tokens.weight is (50, 16), expected (37, 12)");
    }

    @Test
    void copiesTakeValuesAndKeepTheirArrays() {
        try (Decoder source = Models.sharp(Models.PLAIN, 1);
                Decoder target = Models.sharp(Models.PLAIN, 2);
                Decoder other = Models.sharp(Models.QWEN, 2)) {
            NDArray first = target.parameters().get(0);
            target.requireGradients(true);
            target.copyFrom(source);
            assertThat(target.parameters().get(0)).isSameAs(first);
            assertThat(values(target)).isEqualTo(values(source));
            assertThatThrownBy(() -> target.copyFrom(other)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static NDArray ids(NDManager manager) {
        long[] ids =
                Stream.of(TEXTS).flatMapToInt(Arrays::stream).asLongStream().toArray();
        return manager.create(ids, new Shape(TEXTS.length, TEXTS[0].length));
    }

    private static double loss(Decoder decoder) {
        Oracle oracle = new Oracle(decoder);
        double sum = 0;
        for (int[] text : TEXTS) {
            double[][] lp = oracle.logprobs(text);
            for (int t = 0; t + 1 < text.length; t++) {
                sum -= lp[t][text[t + 1]];
            }
        }
        return sum / (TEXTS.length * (TEXTS[0].length - 1));
    }

    private static double shifted(Decoder decoder, NDArray parameter, int i, float by) {
        float before = parameter.toFloatArray()[i];
        set(parameter, i, before + by);
        double loss = loss(decoder);
        set(parameter, i, before);
        return loss;
    }

    private static void set(NDArray parameter, int i, float value) {
        try (NDArray one = parameter.getManager().create(new float[] {value})) {
            Copy.into(parameter, i, one);
        }
    }

    private static double deviation(Decoder decoder, String name) {
        float[] values = decoder.parameters().get(decoder.names().indexOf(name)).toFloatArray();
        double squares = 0;
        for (float value : values) {
            squares += value * value;
        }
        return Math.sqrt(squares / values.length);
    }

    private static List<List<Double>> values(Decoder decoder) {
        return decoder.parameters().stream()
                .map(p -> IntStream.range(0, (int) p.size())
                        .mapToObj(i -> (double) p.toFloatArray()[i])
                        .toList())
                .toList();
    }
}
