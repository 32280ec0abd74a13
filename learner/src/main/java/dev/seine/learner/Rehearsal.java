package dev.seine.learner;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Demonstrations drawn for a step, each at most once; the draw depends on seed and step only.
 *
 * @param sequences all demonstrations
 * @param config how many
 * @param seed of the draws
 */
record Rehearsal(List<Sequence> sequences, RehearsalConfig config, long seed) {
    /** The demonstrations of step {@code step}. */
    List<Sequence> draw(long step) {
        if (!config.on()) {
            return List.of();
        }
        List<Sequence> rest = new ArrayList<>(sequences);
        List<Sequence> drawn = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(~seed * 31 + step);
        while (drawn.size() < config.batch() && !rest.isEmpty()) {
            int pick = random.nextInt(rest.size());
            drawn.add(rest.get(pick));
            rest.set(pick, rest.get(rest.size() - 1));
            rest.remove(rest.size() - 1);
        }
        return drawn;
    }
}
