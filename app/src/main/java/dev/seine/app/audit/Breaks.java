package dev.seine.app.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts breaks of invariants and keeps the first few of each, so that memory stays bounded however broken a log is. */
final class Breaks {
    private static final int EXAMPLES = 10;

    private final Map<Invariant, Long> counts = new EnumMap<>(Invariant.class);
    private final Map<Invariant, List<String>> examples = new EnumMap<>(Invariant.class);

    void add(Invariant broken, String what) {
        add(broken, 1, what);
    }

    void add(Invariant broken, long count, String what) {
        counts.merge(broken, count, Long::sum);
        List<String> known = examples.computeIfAbsent(broken, b -> new ArrayList<>());
        if (known.size() < EXAMPLES) {
            known.add(what);
        }
    }

    /** Breaks of an invariant; 0 where it holds. */
    long count(Invariant invariant) {
        return counts.getOrDefault(invariant, 0L);
    }

    /** The first breaks found. */
    List<String> examples(Invariant invariant) {
        return List.copyOf(examples.getOrDefault(invariant, List.of()));
    }
}
