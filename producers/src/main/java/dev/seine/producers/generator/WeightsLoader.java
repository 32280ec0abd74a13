package dev.seine.producers.generator;

import dev.seine.event.WeightsPublished;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.store.Pointer;
import dev.seine.policy.store.RunStore;
import dev.seine.policy.store.Sought;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads published weights into an engine: only if they were made for this tokenizer and this architecture, lie in the run's store, and have
 * the checksum announced. Weights that are still to be fetched are not waited for. For use by one thread.
 */
public final class WeightsLoader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WeightsLoader.class);

    private final RunStore store;
    private final String tokenizerSha256;
    private final String configSha256;
    private @Nullable WeightsPublished coming;
    private @Nullable WeightsPublished missing;

    /**
     * A loader.
     *
     * @param store where weights must lie; closed with the loader
     * @param tokenizerSha256 checksum of the tokenizer in use
     * @param configSha256 checksum of the engine's architecture
     */
    public WeightsLoader(RunStore store, String tokenizerSha256, String configSha256) {
        this.store = store;
        this.tokenizerSha256 = tokenizerSha256;
        this.configSha256 = configSha256;
    }

    /**
     * Loads weights, all or nothing. Returns false if their file is not here: it is on its way, or not there (any more).
     *
     * @throws WeightsRefused if they belong to another tokenizer or architecture, or lie elsewhere
     */
    boolean load(WeightsPublished weights, SequenceEngine engine) {
        same(weights, "tokenizer sha256", weights.getTokenizerSha256(), tokenizerSha256);
        same(weights, "config sha256", weights.getConfigSha256(), configSha256);
        Sought sought = find(weights);
        coming = sought instanceof Sought.Coming ? weights : null;
        if (sought instanceof Sought.Here here) {
            return load(weights, here.file(), engine);
        }
        return sought instanceof Sought.Gone && missing(weights);
    }

    /** Whether these weights were asked for last, and are on their way. */
    boolean coming(WeightsPublished weights) {
        return weights.equals(coming);
    }

    private boolean load(WeightsPublished weights, Path file, SequenceEngine engine) {
        try {
            engine.load(file, weights.getSha256(), weights.getVersion());
        } catch (UncheckedIOException e) {
            if (Files.exists(file)) {
                throw e;
            }
            return missing(weights); // the learner has just removed it
        }
        LOG.info("{}: in use", id(weights));
        return true;
    }

    private boolean missing(WeightsPublished weights) {
        if (!weights.equals(missing)) {
            LOG.warn("{}: {} is not there; waiting for it or for newer weights", id(weights), weights.getUri());
            missing = weights;
        }
        return false;
    }

    private static void same(WeightsPublished weights, String what, String got, String expected) {
        if (!got.equals(expected)) {
            throw new WeightsRefused(id(weights) + ": " + what + " is " + got + ", expected " + expected);
        }
    }

    private Sought find(WeightsPublished weights) {
        try {
            return store.find(Pointer.of(weights.getUri(), weights.getBytes(), weights.getSha256()));
        } catch (IllegalArgumentException e) {
            throw new WeightsRefused(id(weights) + ": " + e.getMessage());
        }
    }

    private static String id(WeightsPublished weights) {
        return "weights v" + weights.getVersion() + " of policy " + weights.getPolicy();
    }

    @Override
    public void close() {
        store.close();
    }
}
