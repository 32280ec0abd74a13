package dev.seine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that are not whole, and words that a model did not have. */
final class ModelFolderTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final String SHARD = "model-00002-of-00002.safetensors";

    @TempDir
    private Path folder;

    @BeforeEach
    void copyOfAShardedModel() throws IOException {
        copy("qwen2-yarn-bf16-shards");
    }

    private void copy(String model) throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN.resolve(model))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.write(folder.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void aMissingShardIsNamedWithWhatItHolds() throws IOException {
        Files.delete(folder.resolve(SHARD));
        refused(folder.resolve(SHARD) + " is missing", "it holds ");
    }

    @Test
    void aCutShardIsNamed() throws IOException {
        byte[] whole = Files.readAllBytes(folder.resolve(SHARD));
        Files.write(folder.resolve(SHARD), Arrays.copyOf(whole, whole.length - 1));
        refused(folder.resolve(SHARD).toString(), "bytes of arrays, its header says");
    }

    @Test
    void anIndexThatPointsOutOfTheFolderIsRefused() throws IOException {
        Path index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, Files.readString(index).replace(SHARD, "../" + SHARD));
        refused("is missing");
    }

    @Test
    void aTensorOfAnotherShapeOrTypeIsNamedWithItsFile() throws IOException {
        copy("qwen2-tied-f32");
        Files.delete(folder.resolve("model.safetensors.index.json"));
        Path file = folder.resolve("model.safetensors");
        try (NDManager manager = Torch.manager()) {
            Map<String, NDArray> arrays = SafeTensors.read(file, manager);
            arrays.put("model.norm.weight", manager.create(new float[31]));
            SafeTensors.write(file, arrays, Map.of());
            refused(file.toString(), "1 faults: model.norm.weight is (31), expected (32)");
            arrays.put("model.norm.weight", manager.create(new long[32]));
            SafeTensors.write(file, arrays, Map.of());
            refused(file.toString(), "model.norm.weight is of type I64, expected F32, F16 or BF16");
            arrays.remove("model.norm.weight");
            arrays.put("model.rotor.weight", manager.create(1f));
            SafeTensors.write(file, arrays, Map.of());
            refused("2 faults: model.norm.weight is missing; model.rotor.weight is unknown");
        }
    }

    @Test
    void aValueThatIsNotANumberIsRefusedAndNothingStaysLoaded() throws IOException {
        copy("qwen2-tied-f32");
        Files.delete(folder.resolve("model.safetensors.index.json"));
        Path file = folder.resolve("model.safetensors");
        try (NDManager manager = Torch.manager()) {
            Map<String, NDArray> arrays = SafeTensors.read(file, manager);
            float[] values = new float[32];
            values[7] = Float.NaN;
            arrays.put("model.norm.weight", manager.create(values));
            SafeTensors.write(file, arrays, Map.of());
        }
        ModelFolder model = ModelFolder.open(folder);
        assertThatThrownBy(() -> model.decoder(Device.cpu(), Precision.FLOAT32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + ": model.norm.weight holds values that are infinite or not a number");
    }

    @Test
    void anUnknownArchitectureIsNamed() throws IOException {
        Path config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"qwen2\"", "\"mamba\""));
        refused(config.toString(), "model_type must be one of qwen2, llama, got mamba");
    }

    @Test
    void aTokenizerThatIsLargerThanTheEmbeddingIsRefused() throws IOException {
        Files.copy(
                GOLDEN.resolve("tokenizer-4k.json"),
                folder.resolve("tokenizer.json"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        refused(folder.resolve("tokenizer.json") + " has 4000 tokens", "the embedding has only 328 rows");
    }

    @Test
    void aFolderWithoutATokenizerIsNoModelFolder() throws IOException {
        Files.delete(folder.resolve("tokenizer.json"));
        refused(folder + " is no model folder: it has no tokenizer.json");
    }

    @Test
    void newTokensBeginAsTheMeanOfWhatTheyWere(@TempDir Path temporary) {
        Path target = GoldenTest.saved("extended", temporary);
        List<String> tags = List.of("<external>", "</external>", "<|im_end|>", "e");
        ModelFolder before = ModelFolder.open(folder);
        ModelFolder after = before.extend(target, tags);
        // 320 tokens in 328 rows: two of the spare rows are taken; a token that is there stays
        assertThat(after.config()).isEqualTo(before.config());
        assertThat(after.precision()).isEqualTo(Precision.BFLOAT16);
        try (Tokenizer old = before.tokenizer();
                Tokenizer tokenizer = after.tokenizer();
                Decoder small = before.decoder(Device.cpu(), Precision.FLOAT32);
                Decoder grown = after.decoder(Device.cpu(), Precision.FLOAT32)) {
            assertThat(tokenizer.encode("a</external>b")).hasSize(3).contains(321);
            assertThat(tokenizer.id("<external>")).isEqualTo(320);
            assertThat(tokenizer.decode(new int[] {320, 327})).isEqualTo("<external>");
            int[] pieces = old.encode("</external>");
            float[] mean = row(small, pieces[0]);
            for (int i = 0; i < mean.length; i++) {
                for (int p = 1; p < pieces.length; p++) {
                    mean[i] += row(small, pieces[p])[i];
                }
                mean[i] /= pieces.length;
            }
            assertThat(row(grown, 321)).usingComparatorWithPrecision(0.01f).containsExactly(mean);
            assertThat(row(grown, 5)).isEqualTo(row(small, 5));
        }
    }

    @Test
    void anEmbeddingWithoutSpareRowsGrows(@TempDir Path target) {
        List<String> tags = Stream.iterate(0, i -> i + 1)
                .limit(20)
                .map(i -> "<tag-" + i + ">")
                .toList();
        assertThat(ModelFolder.open(folder).extend(target, tags).config().vocabSize())
                .isEqualTo(340);
    }

    @Test
    void textsBeginAsTheTokenizerItselfBegins() {
        assertThat(ModelFolder.open(folder).begin()).isEmpty();
        assertThat(ModelFolder.open(GOLDEN.resolve("llama3-f32")).begin()).isEqualTo("<|begin_of_text|>");
    }

    @Test
    void endTokensAreThoseOfTheGenerationConfigToo() {
        try (Tokenizer tokenizer =
                ModelFolder.open(GOLDEN.resolve("llama3-f32")).tokenizer()) {
            assertThat(tokenizer.eos()).isEqualTo(tokenizer.id("<|eot_id|>"));
            assertThat(tokenizer.endTokens()).contains(tokenizer.id("<|eot_id|>"), 319);
        }
    }

    private static float[] row(Decoder decoder, int token) {
        float[] all = decoder.parameters().get(0).toFloatArray();
        int width = decoder.config().hiddenSize();
        return Arrays.copyOfRange(all, token * width, (token + 1) * width);
    }
}
