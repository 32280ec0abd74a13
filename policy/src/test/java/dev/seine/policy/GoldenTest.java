package dev.seine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models, tokenizers and adapters against what Transformers and PEFT make of the same files ({@code golden/make.py}). */
final class GoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final double CLOSE = 1e-4;

    static List<Path> models() {
        return List.of("qwen2-tied-f32", "qwen2-yarn-bf16-shards", "llama3-f32", "llama-linear-f16").stream()
                .map(GOLDEN::resolve)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("models")
    void logitsAreThoseOfTransformers(Path folder) throws IOException {
        try (Decoder decoder = ModelFolder.open(folder).decoder(Device.cpu(), Precision.FLOAT32)) {
            assertThat(difference(decoder, folder)).isLessThan(CLOSE);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void greedyTextsAreThoseOfTransformers(Path folder) throws IOException {
        int[] greedy = ints(expected(folder).path("greedy"));
        int[] prompt = ints(expected(folder).path("ids"));
        Decoder decoder = ModelFolder.open(folder).decoder(Device.cpu(), Precision.FLOAT32);
        try (LocalEngine engine = new LocalEngine(decoder, 1, 128, 0)) {
            engine.start(
                    "s", prompt, new Sampling(0, 1, 1, prompt.length + greedy.length, Set.of(), Set.of(), new int[0]));
            List<Written> written = new ArrayList<>();
            while (written.isEmpty()) {
                written.addAll(engine.step());
            }
            assertThat(written.get(0).tokens()).isEqualTo(greedy);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void tokenIdsAreThoseOfTransformers(Path folder) throws IOException {
        try (Tokenizer tokenizer = ModelFolder.open(folder).tokenizer()) {
            for (JsonNode line : expected(folder).path("lines")) {
                assertThat(tokenizer.encode(line.path("text").asText()))
                        .as(line.path("text").asText())
                        .isEqualTo(ints(line.path("ids")));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void conversationsAreWrittenAsByTransformers(Path folder) throws IOException {
        ChatTemplate template = ModelFolder.open(folder).chatTemplate().orElseThrow();
        for (JsonNode chat : expected(folder).path("chats")) {
            List<ChatTemplate.Message> messages = StreamSupport.stream(
                            chat.path("messages").spliterator(), false)
                    .map(m -> new ChatTemplate.Message(
                            m.path("role").asText(), m.path("content").asText()))
                    .toList();
            assertThat(template.render(messages)).isEqualTo(chat.path("text").asText());
        }
    }

    @Test
    void aTemplateThatRefusesAConversationSaysWhy() {
        ChatTemplate template = ModelFolder.open(models().get(0)).chatTemplate().orElseThrow();
        assertThatThrownBy(() -> template.render(List.of(new ChatTemplate.Message("oracle", "hm"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("qwen2-tied-f32")
                .hasMessageContaining("unknown role oracle");
    }

    @Test
    void aTemplateIsBoundedInWhatItWrites() {
        String endless = "{% for a in range(9999) %}{% for b in range(9999) %}{{ messages }}{% endfor %}{% endfor %}";
        ChatTemplate template = new ChatTemplate("test", endless, java.util.Map.of());
        assertThatThrownBy(() -> template.render(List.of(new ChatTemplate.Message("user", "x".repeat(1000)))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatWasSavedIsTheSameModel(Path folder, @TempDir Path temporary) throws IOException {
        Path target = saved(folder.getFileName().toString(), temporary);
        ModelFolder before = ModelFolder.open(folder);
        try (Decoder decoder = before.decoder(Device.cpu(), Precision.FLOAT32)) {
            ModelFolder.save(folder, target, decoder, before.precision());
        }
        ModelFolder after = ModelFolder.open(target);
        assertThat(after.config()).isEqualTo(before.config());
        assertThat(after.precision()).isEqualTo(before.precision());
        try (Decoder decoder = after.decoder(Device.cpu(), Precision.FLOAT32)) {
            assertThat(difference(decoder, folder)).isLessThan(CLOSE);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void halfPrecisionStaysNear(Path folder) throws IOException {
        // bfloat16 keeps 8 bits: the mean error of a logit is about 2^-8 of the logits' own size
        try (Decoder decoder = ModelFolder.open(folder).decoder(Device.cpu(), Precision.BFLOAT16)) {
            assertThat(decoder.precision()).isEqualTo(Precision.BFLOAT16);
            double size = meanOf(expectedLogits(folder), new float[0]);
            assertThat(meanOf(logits(decoder, ids(folder)), expectedLogits(folder)))
                    .isLessThan(size / 20);
        }
    }

    @Test
    void anAdapterIsThatOfPeft() throws IOException {
        Path base = GOLDEN.resolve("qwen2-tied-f32");
        Path lora = GOLDEN.resolve("lora");
        ModelConfig config = ModelFolder.open(base).config();
        try (Decoder decoder = Decoder.adapted(base, config, lora, Device.cpu())) {
            assertThat(difference(decoder, lora)).isLessThan(CLOSE);
            try (Decoder plain = Decoder.load(base, config)) {
                double far = difference(plain, lora);
                assertThat(far).as("the adapter changes something").isGreaterThan(0.1);
            }
            NDArray target = decoder.parameters().get(decoder.names().indexOf("model.layers.1.mlp.down_proj.weight"));
            float[] before = target.toFloatArray();
            decoder.merge();
            float[] merged;
            try (NDManager manager = Torch.manager()) {
                merged = SafeTensors.read(lora.resolve("expected.safetensors"), manager)
                        .get("merged")
                        .toFloatArray();
            }
            assertThat(target.toFloatArray()).containsExactly(merged, within(1e-5f));
            decoder.unmerge();
            assertThat(target.toFloatArray()).containsExactly(before, within(1e-5f));
        }
    }

    @Test
    void adaptersComeBackFromTheirFileWithTheirBase(@TempDir Path folder) throws IOException {
        Path golden = GOLDEN.resolve("qwen2-tied-f32");
        ModelConfig config = ModelFolder.open(golden).config();
        Path base = folder.resolve("base");
        try (Decoder decoder = Decoder.load(golden, config)) {
            ModelFolder.save(golden, base, decoder, Precision.FLOAT32);
        }
        Path file = folder.resolve("weights/v000001.safetensors");
        try (Decoder decoder = Decoder.adapted(base, config, GOLDEN.resolve("lora"), Device.cpu())) {
            decoder.save(file);
        }
        try (Decoder decoder = Decoder.load(file, config)) {
            decoder.saveAdapter(saved("lora", folder.resolve("peft")));
        }
        assertThat(Files.size(file)).isLessThan(Files.size(base.resolve("model.safetensors")) / 4);
        try (Decoder decoder = Decoder.load(file, config)) {
            assertThat(decoder.lora()).isPresent();
            assertThat(difference(decoder, GOLDEN.resolve("lora"))).isLessThan(CLOSE);
        }
    }

    /** Where to write, {@code -Dseine.saved=FOLDER} if it is to be kept for {@code golden/open.py}. */
    static Path saved(String name, Path temporary) {
        String kept = System.getProperty("seine.saved", "");
        return kept.isEmpty() ? temporary : Path.of(kept, name);
    }

    /** Largest absolute difference to the expected logits. */
    private static double difference(Decoder decoder, Path expected) throws IOException {
        float[] got = logits(decoder, ids(expected));
        float[] wanted = expectedLogits(expected);
        assertThat(got).hasSameSizeAs(wanted);
        double largest = 0;
        for (int i = 0; i < got.length; i++) {
            largest = Math.max(largest, Math.abs(got[i] - wanted[i]));
        }
        return largest;
    }

    private static double meanOf(float[] got, float[] wanted) {
        double sum = 0;
        for (int i = 0; i < got.length; i++) {
            sum += Math.abs(got[i] - (wanted.length == 0 ? 0 : wanted[i]));
        }
        return sum / got.length;
    }

    private static float[] logits(Decoder decoder, int[] ids) {
        try (NDManager manager = Torch.manager();
                TorchModule network = Torch.compile(
                        manager,
                        decoder.script()
                                .with(
                                        """

                          def floats(self: __torch__.M, ids: Tensor, cos: Tensor, sin: Tensor, p: List[Tensor]) -> Tensor:
                            return self.logits(ids, cos, sin, p).to(6)
                        """))) {
            NDArray input = manager.create(Arrays.stream(ids).asLongStream().toArray(), new Shape(1, ids.length));
            return network.call(
                            manager,
                            "floats",
                            false,
                            List.of(input, decoder.cos(), decoder.sin(), decoder.parameters()))
                    .get(0)
                    .toFloatArray();
        }
    }

    private static int[] ids(Path folder) throws IOException {
        return ints(expected(folder).path("ids"));
    }

    private static float[] expectedLogits(Path folder) {
        try (NDManager manager = Torch.manager()) {
            return SafeTensors.read(folder.resolve("expected.safetensors"), manager)
                    .get("logits")
                    .toFloatArray();
        }
    }

    private static JsonNode expected(Path folder) throws IOException {
        return new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
    }

    private static int[] ints(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
