package dev.seine.producers.retrieval.dense;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.AbstractInProcessEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.OnnxBertBiEncoder;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import dev.langchain4j.model.embedding.onnx.bgesmallenv15q.BgeSmallEnV15QuantizedEmbeddingModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An embedding model in this process, by ONNX Runtime. Each text is computed by one core, as many texts at once as there are cores. Texts of more
 * than 510 tokens are embedded in parts whose vectors are averaged.
 */
public final class OnnxEmbedder implements Embedder {
    /** The model that comes with the program: BGE small, English, version 1.5, quantised; 384 numbers a vector. */
    public static final String BGE_SMALL = "bge-small-en-v1.5";

    private static final String MODEL_FILE = "model.onnx";
    private static final String TOKENIZER_FILE = "tokenizer.json";

    private final ExecutorService workers;
    private final OrtSession session;
    private final Model model;
    private final String queryInstruction;
    private final VectorSpace space;

    private OnnxEmbedder(String name, byte[] onnx, InputStream tokenizer, Pooling pooling, String queryInstruction)
            throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            session = environment.createSession(onnx, options);
        }
        workers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), task -> {
            Thread thread = new Thread(task, "embedder");
            thread.setDaemon(true);
            return thread;
        });
        model = new Model(new OnnxBertBiEncoder(environment, session, tokenizer, pooling.mode), workers);
        this.queryInstruction = queryInstruction;
        this.space = new VectorSpace(name, model.embed("size").content().dimension());
    }

    /** How the vectors of a text's tokens become one. */
    public enum Pooling {
        /** That of the first token. */
        CLS(PoolingMode.CLS),
        /** Their mean. */
        MEAN(PoolingMode.MEAN);

        private final PoolingMode mode;

        Pooling(PoolingMode mode) {
            this.mode = mode;
        }
    }

    /**
     * The model that comes with the program.
     *
     * @param queryInstruction put before each query
     */
    public static OnnxEmbedder bgeSmall(String queryInstruction) {
        try (InputStream onnx = resource("bge-small-en-v1.5-q.onnx");
                InputStream tokenizer = resource("bge-small-en-v1.5-q-tokenizer.json")) {
            return new OnnxEmbedder(BGE_SMALL, onnx.readAllBytes(), tokenizer, Pooling.CLS, queryInstruction);
        } catch (IOException | OrtException e) {
            throw new IllegalStateException("the embedding model " + BGE_SMALL + " cannot be loaded: " + e, e);
        }
    }

    /**
     * A model of the user's: a folder with {@value #MODEL_FILE} and {@value #TOKENIZER_FILE}, as Hugging Face's exporter writes it. It is named after the
     * folder.
     *
     * @throws IllegalArgumentException naming the file that is missing or cannot be used
     */
    public static OnnxEmbedder folder(Path folder, Pooling pooling, String queryInstruction) {
        Path onnx = existing(folder.resolve(MODEL_FILE));
        Path words = existing(folder.resolve(TOKENIZER_FILE));
        try (InputStream tokenizer = Files.newInputStream(words)) {
            String name = folder.toAbsolutePath().normalize().getFileName().toString();
            return new OnnxEmbedder(name, Files.readAllBytes(onnx), tokenizer, pooling, queryInstruction);
        } catch (IOException e) {
            throw new UncheckedIOException("embedding model " + folder + " cannot be read: " + e, e);
        } catch (OrtException | RuntimeException e) {
            throw new IllegalArgumentException("embedding model " + onnx + " cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public VectorSpace space() {
        return space;
    }

    @Override
    public List<float[]> passages(List<String> texts) {
        // The library refuses blank segments; a passage always has text.
        return model.embedAll(texts.stream().map(TextSegment::from).toList()).content().stream()
                .map(this::unit)
                .toList();
    }

    @Override
    public float[] query(String text) {
        return unit(model.embed(queryInstruction + text).content());
    }

    /** Of length 1, whatever the library does. */
    private float[] unit(Embedding embedding) {
        float[] vector = space.checked(embedding.vector(), "a text");
        double squares = 0;
        for (float x : vector) {
            squares += (double) x * x;
        }
        if (!(squares > 0 && squares < Double.POSITIVE_INFINITY)) {
            throw new IllegalStateException(
                    "the embedding model " + space + " made a vector of squared length " + squares);
        }
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / Math.sqrt(squares));
        }
        return unit;
    }

    @Override
    public void close() {
        workers.shutdown();
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("the embedding model " + space + " cannot be closed: " + e, e);
        }
    }

    private static InputStream resource(String name) {
        InputStream in = BgeSmallEnV15QuantizedEmbeddingModel.class.getResourceAsStream("/" + name);
        if (in == null) {
            throw new IllegalStateException("no " + name + " on the class path");
        }
        return in;
    }

    private static Path existing(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("embedding model: no file " + file);
        }
        return file;
    }

    /** The library's way from texts to vectors, over our session. */
    private static final class Model extends AbstractInProcessEmbeddingModel {
        private final OnnxBertBiEncoder encoder;

        Model(OnnxBertBiEncoder encoder, ExecutorService workers) {
            super(workers);
            this.encoder = encoder;
        }

        @Override
        protected OnnxBertBiEncoder model() {
            return encoder;
        }
    }
}
