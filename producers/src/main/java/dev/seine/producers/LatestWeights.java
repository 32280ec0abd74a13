package dev.seine.producers;

import dev.seine.event.WeightsPublished;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topics;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows what is published of one policy. The last record of the log holds, also when its version is lower than an
 * earlier one: then a learner went back to a checkpoint.
 */
public final class LatestWeights implements AutoCloseable {
    private final String policy;
    private final EventConsumer<WeightsPublished> weights;
    private @Nullable WeightsPublished latest;

    /** Follows this policy from the first record on. */
    public LatestWeights(Clients clients, String policy, String role) {
        this.policy = policy;
        this.weights = clients.assign(Topics.WEIGHTS, role);
    }

    /** Name of the policy. */
    public String policy() {
        return policy;
    }

    /** Reads what is new without waiting and returns the latest; empty as long as none was read. */
    public Optional<WeightsPublished> poll() {
        for (Event<WeightsPublished> event : weights.poll(Duration.ZERO)) {
            if (event.value().getPolicy().equals(policy)) {
                latest = event.value();
            }
        }
        return Optional.ofNullable(latest);
    }

    @Override
    public void close() {
        weights.close();
    }
}
