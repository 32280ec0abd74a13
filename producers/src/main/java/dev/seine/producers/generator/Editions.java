package dev.seine.producers.generator;

import dev.seine.event.Question;
import dev.seine.event.WeightsPublished;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Engines for live answers, each with weights of its own. New weights go into an engine that nothing is written with, so an answer keeps
 * the weights it began with, a swap waits for no answer, and none waits for a swap. With one engine more than there are weights to serve,
 * the newest are at hand as soon as the last answer of the weights before the last has ended.
 */
final class Editions implements AutoCloseable {
    private final List<Edition> editions;
    private final ServedWeights served;
    private final WeightsLoader loader;
    private List<WeightsPublished> serving = List.of();

    Editions(List<Edition> editions, ServedWeights served, WeightsLoader loader) {
        this.editions = List.copyOf(editions);
        this.served = served;
        this.loader = loader;
    }

    /** Takes what is to be served and is not at hand, as far as an engine is idle; returns whether any was taken. */
    boolean follow() {
        serving = served.serving();
        boolean any = false;
        for (WeightsPublished wanted : serving) {
            if (at(wanted).isEmpty()) {
                Optional<Edition> spare = spare();
                any |= spare.isPresent() && spare.get().load(wanted, loader);
            }
        }
        return any;
    }

    /** Where an answer to this question begins: with the weights chosen for it, or others that are served while those are not at hand. */
    Optional<Edition> begin(Question question) {
        if (serving.isEmpty()) {
            return Optional.empty();
        }
        return at(served.choose(question, serving))
                .or(() -> serving.stream().flatMap(w -> at(w).stream()).findFirst())
                .or(() -> editions.stream()
                        .filter(edition -> edition.weights().isPresent())
                        .max(Comparator.comparingLong(Edition::version)))
                .filter(edition -> edition.free() > 0);
    }

    /** Where an answer that began with these weights goes on; empty if they are not at hand and no engine is idle. */
    Optional<Edition> goOn(WeightsPublished weights) {
        return at(weights).or(() -> spare().filter(edition -> edition.load(weights, loader)));
    }

    /** Whether weights that an answer is to go on with are on their way. */
    boolean coming(WeightsPublished weights) {
        return loader.coming(weights);
    }

    /** Whether an engine could take other weights now. */
    boolean canTakeOthers() {
        return spare().isPresent();
    }

    List<Edition> all() {
        return editions;
    }

    /** Tokens sampled since the engines were made. */
    long generatedTokens() {
        return editions.stream()
                .mapToLong(edition -> edition.engine().generatedTokens())
                .sum();
    }

    /** Version that most answers begin with; -1 if none is at hand. */
    long version() {
        return serving.stream()
                .flatMap(w -> at(w).stream())
                .mapToLong(Edition::version)
                .findFirst()
                .orElse(-1);
    }

    private Optional<Edition> at(WeightsPublished weights) {
        return editions.stream().filter(edition -> edition.holds(weights)).findFirst();
    }

    /** An idle engine whose weights are not to be served. */
    private Optional<Edition> spare() {
        return editions.stream()
                .filter(Edition::idle)
                .filter(edition -> serving.stream().noneMatch(edition::holds))
                .findFirst();
    }

    @Override
    public void close() {
        editions.forEach(edition -> edition.engine().close());
        try (loader) {
            served.close();
        }
    }
}
