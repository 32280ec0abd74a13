package dev.seine.app.train;

import dev.seine.policy.ModelFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a run keeps everything: the one home of its file names.
 *
 * @param root the folder
 */
public record RunFolder(Path root) {
    /** The folder, made absolute. */
    public RunFolder {
        root = root.toAbsolutePath().normalize();
    }

    /**
     * Creates the folder if need be and makes sure that it can be written.
     *
     * @throws IllegalArgumentException if it cannot
     */
    public RunFolder create() {
        return create(data(), weights(), checkpoints(), logs());
    }

    /** Makes sure of the folder alone. */
    RunFolder check() {
        return create(root);
    }

    private RunFolder create(Path... folders) {
        try {
            for (Path folder : folders) {
                Files.createDirectories(folder);
            }
            Files.delete(Files.createTempFile(root, "writable", ".tmp"));
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(
                    "the run folder " + root + " cannot be written (permission denied); choose another with --run", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the run folder " + root + " cannot be used: " + e.getMessage() + "; choose another with --run", e);
        }
        return this;
    }

    /** Questions, corpus and demonstrations. */
    public Path data() {
        return root.resolve("data");
    }

    /** The passages, JSONL. */
    public Path corpus() {
        return data().resolve("corpus.jsonl");
    }

    /** Questions to train on, JSONL. */
    public Path trainQuestions() {
        return data().resolve("train.jsonl");
    }

    /** A held-out question set, JSONL. */
    public Path evaluationQuestions(String set) {
        return data().resolve(set + ".jsonl");
    }

    /** Cold-start demonstrations, JSONL. */
    public Path demonstrations() {
        return data().resolve("demonstrations.jsonl");
    }

    /** Those of the demonstrations that are rehearsed during reinforcement learning, JSONL. */
    public Path rehearsal() {
        return data().resolve("rehearsal.jsonl");
    }

    /** Vectors of the passages, where a run keeps its own. */
    public Path vectors() {
        return root.resolve("vectors");
    }

    /** The tokenizer. */
    public Path tokenizer() {
        return root.resolve("tokenizer.json");
    }

    /** The policy's architecture. */
    public Path modelConfig() {
        return root.resolve("config.json");
    }

    /** The model that the run began with, in Hugging Face's layout, the markup's tags among its tokens; there if it did not begin from scratch. */
    public Path base() {
        return root.resolve("base");
    }

    /** The resolved configuration of the run, as TOML. */
    public Path config() {
        return root.resolve("seine.toml");
    }

    /** Weights after the cold start. */
    public Path coldStartWeights() {
        return root.resolve("cold-start.safetensors");
    }

    /** Published weights. */
    public Path weights() {
        return root.resolve("weights");
    }

    /** Published weights of a version; pruned after a while. */
    public Path weights(long version) {
        return weights().resolve("v%06d.safetensors".formatted(version));
    }

    /** The weights whose rollouts were the most accurate, if a run has gone on long enough. */
    public Path bestWeights() {
        return root.resolve("best.safetensors");
    }

    /** Weights that serve live answers, or did. */
    public Path promoted() {
        return root.resolve("promoted");
    }

    /** Checkpoints. */
    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** Data of the embedded broker. */
    public Path broker() {
        return root.resolve("kafka");
    }

    /** State of the reward topology. */
    public Path streamsState() {
        return root.resolve("streams");
    }

    /** The keys that may call the answer service. */
    public Path keys() {
        return root.resolve("keys");
    }

    /** Log files. */
    public Path logs() {
        return root.resolve("logs");
    }

    /** Index over the run's log; it can be deleted, and is then built anew. */
    public Path index() {
        return root.resolve("index");
    }

    /** The report. */
    public Path report() {
        return root.resolve("report");
    }

    /** Where further recipes that are compared with this run's have their folders. */
    public Path comparisons() {
        return root.resolve("compare");
    }

    /** Holds the address of the run's trajectory viewer while one is open. */
    public Path viewer() {
        return root.resolve("viewer");
    }

    /** Address of the run's trajectory viewer, if one is open. */
    Optional<String> viewerUrl() {
        try {
            return Files.exists(viewer())
                    ? Optional.of(Files.readString(viewer()).strip())
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + viewer(), e);
        }
    }

    /** The folder of a further recipe that is compared with this run's. */
    public RunFolder comparison(String recipe) {
        return new RunFolder(comparisons().resolve(recipe));
    }

    /** Takes over the data and the cold start of another run, as copies: they are small, and a folder stays whole when it is moved. */
    RunFolder startFrom(RunFolder other) {
        try {
            for (Path file : List.of(other.tokenizer(), other.modelConfig(), other.coldStartWeights())) {
                Files.copy(file, root.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            ModelFolder.carry(other.root, root);
            try (Stream<Path> files = Files.list(other.data())) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Files.copy(file, data().resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            return this;
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot share the cold start with " + root + ": " + e, e);
        }
    }

    /** Whether a run was begun here. */
    public boolean begun() {
        return Files.exists(config());
    }

    /** Writes a text file of the run. */
    public static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
