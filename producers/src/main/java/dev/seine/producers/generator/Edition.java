package dev.seine.producers.generator;

import dev.seine.event.WeightsPublished;
import dev.seine.policy.SequenceEngine;
import java.util.Optional;

/** An engine that holds one version of the weights for as long as answers are written with it. */
final class Edition {
    private final SequenceEngine engine;
    private final RolloutPool pool;
    private Optional<WeightsPublished> weights = Optional.empty();

    Edition(SequenceEngine engine, RolloutPool pool) {
        this.engine = engine;
        this.pool = pool;
    }

    SequenceEngine engine() {
        return engine;
    }

    RolloutPool pool() {
        return pool;
    }

    /** What it holds; empty before the first. */
    Optional<WeightsPublished> weights() {
        return weights;
    }

    /** Version of the weights; -1 before the first. */
    long version() {
        return weights.map(WeightsPublished::getVersion).orElse(-1L);
    }

    /** Whether these are the weights it holds. */
    boolean holds(WeightsPublished other) {
        return weights.filter(
                        held -> held.getSha256().equals(other.getSha256()) && held.getVersion() == other.getVersion())
                .isPresent();
    }

    /** Whether nothing is written with its weights, so that it can take others. */
    boolean idle() {
        return pool.active() + pool.queued() == 0;
    }

    /** Slots that an answer can begin in. */
    int free() {
        return engine.free() - pool.queued();
    }

    /** Takes other weights; returns whether their file was there. */
    boolean load(WeightsPublished other, WeightsLoader loader) {
        if (!idle()) {
            throw new IllegalStateException("weights v" + version() + " are in use by " + pool.active() + " answers");
        }
        boolean there = loader.load(other, engine);
        if (there) {
            weights = Optional.of(other);
        }
        return there;
    }
}
