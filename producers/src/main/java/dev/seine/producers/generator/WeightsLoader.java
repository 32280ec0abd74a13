package dev.seine.producers.generator;

import dev.seine.event.WeightsPublished;
import dev.seine.policy.SequenceEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads published weights into an engine: only if they were made for this tokenizer and this architecture, lie under the root folder,
 * and have the checksum announced.
 */
public final class WeightsLoader {
    private static final Logger LOG = LoggerFactory.getLogger(WeightsLoader.class);

    private final Path root;
    private final String tokenizerSha256;
    private final String configSha256;
    private WeightsPublished missing;

    /**
     * A loader.
     *
     * @param root folder that weights must lie under
     * @param tokenizerSha256 checksum of the tokenizer in use
     * @param configSha256 checksum of the engine's architecture
     */
    public WeightsLoader(Path root, String tokenizerSha256, String configSha256) {
        this.root = root;
        this.tokenizerSha256 = tokenizerSha256;
        this.configSha256 = configSha256;
    }

    /**
     * Loads weights, all or nothing. Returns false if the file is not there (any more).
     *
     * @throws WeightsRefused if they belong to another tokenizer or architecture, or lie elsewhere
     */
    boolean load(WeightsPublished weights, SequenceEngine engine) {
        same(weights, "tokenizer sha256", weights.getTokenizerSha256(), tokenizerSha256);
        same(weights, "config sha256", weights.getConfigSha256(), configSha256);
        Path file = file(weights);
        if (!Files.exists(file)) {
            return missing(weights, file);
        }
        try {
            contained(weights, file);
            engine.load(file, weights.getSha256(), weights.getVersion());
        } catch (UncheckedIOException | WeightsRefused e) {
            if (Files.exists(file)) {
                throw e;
            }
            return missing(weights, file); // the learner has just removed it
        }
        LOG.info("{}: in use", id(weights));
        return true;
    }

    private boolean missing(WeightsPublished weights, Path file) {
        if (!weights.equals(missing)) {
            LOG.warn("{}: file {} is not there; waiting for it or for newer weights", id(weights), file);
            missing = weights;
        }
        return false;
    }

    private static void same(WeightsPublished weights, String what, String got, String expected) {
        if (!got.equals(expected)) {
            throw new WeightsRefused(id(weights) + ": " + what + " is " + got + ", expected " + expected);
        }
    }

    private static Path file(WeightsPublished weights) {
        try {
            return Path.of(URI.create(weights.getUri()));
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            throw new WeightsRefused(id(weights) + ": expected a file URI, got " + weights.getUri());
        }
    }

    /** Follows links first, so that none leads out of the root. */
    private void contained(WeightsPublished weights, Path file) {
        try {
            Path real = file.toRealPath();
            if (!real.startsWith(root.toRealPath())) {
                throw new WeightsRefused(id(weights) + ": expected a file under " + root + ", got " + real);
            }
        } catch (IOException e) {
            throw new WeightsRefused(id(weights) + ": " + file + " cannot be resolved: " + e);
        }
    }

    private static String id(WeightsPublished weights) {
        return "weights v" + weights.getVersion() + " of policy " + weights.getPolicy();
    }
}
