package dev.seine.producers.retrieval.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.model.embedding.onnx.bgesmallenv15q.BgeSmallEnV15QuantizedEmbeddingModel;
import dev.seine.producers.retrieval.dense.OnnxEmbedder.Pooling;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxEmbedderTest {
    private static final String INSTRUCTION = "Represent this sentence for searching relevant passages: ";

    @TempDir
    private Path dir;

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @Test
    void vectorsHaveLengthOneAndPassagesAboutTheQueryAreNearer() {
        try (Embedder embedder = OnnxEmbedder.bgeSmall(INSTRUCTION)) {
            assertThat(embedder.space()).isEqualTo(new VectorSpace("bge-small-en-v1.5", 384));
            List<float[]> passages = embedder.passages(
                    List.of("The krone is the currency of Norway.", "Tuna is a fish of the open sea."));
            float[] query = embedder.query("What money do Norwegians pay with?");
            assertThat(dot(query, query)).isCloseTo(1, within(1e-5));
            assertThat(dot(query, passages.get(0))).isGreaterThan(dot(query, passages.get(1)) + 0.1);
        }
    }

    @Test
    void theInstructionIsPartOfTheQueryAndOfNoPassage() {
        try (Embedder with = OnnxEmbedder.bgeSmall(INSTRUCTION);
                Embedder without = OnnxEmbedder.bgeSmall("")) {
            assertThat(with.query("Oslo")).isEqualTo(without.query(INSTRUCTION + "Oslo"));
            assertThat(with.query("Oslo")).isNotEqualTo(without.query("Oslo"));
            assertThat(with.passages(List.of("Oslo")).get(0)).isEqualTo(without.query("Oslo"));
        }
    }

    @Test
    void aFolderOfTheUsersGivesTheVectorsOfItsModel() throws IOException {
        Path folder = Files.createDirectory(dir.resolve("my-model"));
        copy("bge-small-en-v1.5-q.onnx", folder.resolve("model.onnx"));
        copy("bge-small-en-v1.5-q-tokenizer.json", folder.resolve("tokenizer.json"));
        try (Embedder theirs = OnnxEmbedder.folder(folder, Pooling.CLS, "");
                Embedder ours = OnnxEmbedder.bgeSmall("")) {
            assertThat(theirs.space()).isEqualTo(new VectorSpace("my-model", 384));
            assertThat(theirs.query("Oslo")).isEqualTo(ours.query("Oslo"));
        }
    }

    @Test
    void aFileThatIsMissingOrNoModelIsNamed() throws IOException {
        assertThatThrownBy(() -> OnnxEmbedder.folder(dir, Pooling.CLS, ""))
                .hasMessage("embedding model: no file " + dir.resolve("model.onnx"));
        Files.writeString(dir.resolve("model.onnx"), "no model");
        assertThatThrownBy(() -> OnnxEmbedder.folder(dir, Pooling.CLS, ""))
                .hasMessage("embedding model: no file " + dir.resolve("tokenizer.json"));
        copy("bge-small-en-v1.5-q-tokenizer.json", dir.resolve("tokenizer.json"));
        assertThatThrownBy(() -> OnnxEmbedder.folder(dir, Pooling.CLS, ""))
                .hasMessageContaining("model.onnx cannot be used");
    }

    private static void copy(String resource, Path to) throws IOException {
        try (InputStream in = BgeSmallEnV15QuantizedEmbeddingModel.class.getResourceAsStream("/" + resource)) {
            Files.copy(in, to);
        }
    }
}
