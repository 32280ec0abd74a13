package dev.seine.producers.generator;

import dev.seine.event.WeightsPublished;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.store.RunStore;
import dev.seine.producers.LatestWeights;
import dev.seine.topics.Clients;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an engine at the latest published weights, as far as {@link WeightsLoader} takes them. A file that is not there (any
 * more) is waited for: a newer version will come. One that is still to be fetched is taken once it is here.
 */
public final class WeightsFollower implements AutoCloseable {
    private final LatestWeights latest;
    private final WeightsLoader loader;
    private @Nullable WeightsPublished loaded;

    /**
     * Follows a policy.
     *
     * @param store where weights must lie; closed with the follower
     * @param tokenizerSha256 checksum of the tokenizer in use
     * @param configSha256 checksum of the engine's architecture
     */
    public WeightsFollower(
            Clients clients, String policy, String role, RunStore store, String tokenizerSha256, String configSha256) {
        this.latest = new LatestWeights(clients, policy, role);
        this.loader = new WeightsLoader(store, tokenizerSha256, configSha256);
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
        if (fresh.isEmpty() || !loader.load(fresh.get(), engine)) {
            return false;
        }
        loaded = fresh.get();
        return true;
    }

    @Override
    public void close() {
        try (loader) {
            latest.close();
        }
    }
}
