package dev.seine.learner;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Memory samples to be trained, at most {@code capacity}, the newest kept. What says the same about the same question is kept once. A draw
 * depends on the content, the seed and the step only.
 */
final class MemoryBuffer {
    private final int capacity;
    private final long seed;
    private final Map<String, Recollection> samples = new LinkedHashMap<>();

    MemoryBuffer(int capacity, long seed) {
        this.capacity = capacity;
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

    /** Takes up to {@code count} samples: those never drawn, oldest first, then others at random, each at most once. */
    List<Recollection> draw(int count, long step) {
        List<Recollection> drawn = new ArrayList<>();
        List<Recollection> rest = new ArrayList<>();
        for (Recollection sample : samples.values()) {
            (sample.fresh() && drawn.size() < count ? drawn : rest).add(sample);
        }
        rest.removeIf(Recollection::fresh);
        SplittableRandom random = new SplittableRandom(seed * 31 + step);
        while (drawn.size() < count && !rest.isEmpty()) {
            int pick = random.nextInt(rest.size());
            drawn.add(rest.get(pick));
            rest.set(pick, rest.get(rest.size() - 1));
            rest.remove(rest.size() - 1);
        }
        drawn.forEach(sample -> samples.put(sample.key(), sample.drawn()));
        return drawn;
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
