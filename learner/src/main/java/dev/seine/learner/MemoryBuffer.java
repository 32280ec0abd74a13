package dev.seine.learner;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Memory samples to be trained, at most {@code capacity}, the newest kept. What says the same about the same question is kept once. A draw
 * depends on the content, the seed and the step only.
 */
final class MemoryBuffer {
    private final int capacity;
    private final double uncertainShare;
    private final long seed;
    private final Map<String, Recollection> samples = new LinkedHashMap<>();

    /** {@code uncertainShare} is the most that uncertain samples take of a draw ahead of the others. */
    MemoryBuffer(int capacity, double uncertainShare, long seed) {
        this.capacity = capacity;
        this.uncertainShare = uncertainShare;
        this.seed = seed;
    }

    /** Adds a sample as the newest; one that says the same is replaced, and not fresh again if it was drawn before. */
    void add(Recollection sample) {
        Recollection before = samples.remove(sample.key());
        samples.put(sample.key(), before == null || before.fresh() ? sample : sample.drawn());
        if (samples.size() > capacity) {
            samples.remove(samples.keySet().iterator().next());
        }
    }

    /**
     * Takes up to {@code count} samples, each at most once: those never drawn, oldest first; then uncertain ones at random, up to their
     * share of the count; then any others at random. A fact that comes up in one question is so trained as often as one of many.
     */
    List<Recollection> draw(int count, long step) {
        List<Recollection> drawn = new ArrayList<>();
        List<Recollection> uncertain = new ArrayList<>();
        List<Recollection> rest = new ArrayList<>();
        for (Recollection sample : samples.values()) {
            if (sample.fresh()) {
                if (drawn.size() < count) {
                    drawn.add(sample);
                }
            } else {
                (sample.uncertain() ? uncertain : rest).add(sample);
            }
        }
        SplittableRandom random = new SplittableRandom(seed * 31 + step);
        fill(drawn, Math.min(count, (int) (uncertainShare * count)), uncertain, random);
        rest.addAll(uncertain);
        fill(drawn, count, rest, random);
        drawn.forEach(sample -> samples.put(sample.key(), sample.drawn()));
        return drawn;
    }

    /** Takes the samples with these ids, in their order, those that are here. */
    List<Recollection> take(List<String> ids) {
        Map<String, Recollection> byId = new HashMap<>();
        samples.values().forEach(sample -> byId.put(sample.id(), sample));
        List<Recollection> taken =
                ids.stream().map(byId::get).filter(Objects::nonNull).toList();
        taken.forEach(sample -> samples.put(sample.key(), sample.drawn()));
        return taken;
    }

    /** Notes which of the samples drawn hold a fact that is not known. */
    void found(List<Recollection> drawn, Set<String> uncertainIds) {
        drawn.forEach(sample ->
                samples.computeIfPresent(sample.key(), (key, kept) -> kept.found(uncertainIds.contains(sample.id()))));
    }

    private static void fill(List<Recollection> drawn, int count, List<Recollection> from, SplittableRandom random) {
        while (drawn.size() < count && !from.isEmpty()) {
            int pick = random.nextInt(from.size());
            drawn.add(from.get(pick));
            from.set(pick, from.get(from.size() - 1));
            from.remove(from.size() - 1);
        }
    }

    int size() {
        return samples.size();
    }

    /** Everything, oldest first. */
    List<Recollection> content() {
        return List.copyOf(samples.values());
    }

    /** Replaces everything; oldest first. */
    void restore(Collection<Recollection> content) {
        samples.clear();
        content.forEach(sample -> samples.put(sample.key(), sample));
    }
}
