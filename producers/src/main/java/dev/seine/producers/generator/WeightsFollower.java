package dev.seine.producers.generator;

import dev.seine.event.WeightsPublished;
import dev.seine.policy.SequenceEngine;
import dev.seine.producers.LatestWeights;
import dev.seine.topics.Clients;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an engine at the latest published weights. Weights are taken only if they were made for this tokenizer and this
 * architecture, lie under the root folder, and have the checksum announced. A file that is not there (any more) is
 * waited for: a newer version will come.
 */
public final class WeightsFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WeightsFollower.class);

    private final LatestWeights latest;
    private final Path root;
    private final String tokenizerSha256;
    private final String configSha256;
    private WeightsPublished loaded;
    private WeightsPublished missing;

    /**
     * Follows a policy.
     *
     * @param root folder that weights must lie under
     * @param tokenizerSha256 checksum of the tokenizer in use
     * @param configSha256 checksum of the engine's architecture
     */
    public WeightsFollower(
            Clients clients, String policy, String role, Path root, String tokenizerSha256, String configSha256) {
        this.latest = new LatestWeights(clients, policy, role);
        this.root = root;
        this.tokenizerSha256 = tokenizerSha256;
        this.configSha256 = configSha256;
    }

    /** Name of the policy. */
    public String policy() {
        return latest.policy();
    }

    /** Version in the engine; -1 before the first. */
    public long version() {
        return loaded == null ? -1 : loaded.getVersion();
    }

    /**
     * Loads the latest weights into the engine if they are not in it yet; does not wait. Returns whether it did.
     *
     * @throws WeightsRefused if they belong to another tokenizer or architecture, or lie elsewhere
     */
    public boolean follow(SequenceEngine engine) {
        Optional<WeightsPublished> fresh = latest.poll().filter(weights -> !weights.equals(loaded));
        if (fresh.isEmpty()) {
            return false;
        }
        WeightsPublished weights = fresh.get();
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
        loaded = weights;
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

    @Override
    public void close() {
        latest.close();
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
