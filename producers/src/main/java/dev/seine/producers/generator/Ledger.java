package dev.seine.producers.generator;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which questions are unfinished, by partition. An offset may be committed, together with what was written, when every
 * question below it has all its trajectories.
 */
final class Ledger {
    /** Trajectories still to come, by partition and offset of the question. */
    private final Map<Integer, TreeMap<Long, Integer>> open = new HashMap<>();

    private final Map<Integer, Long> committed = new HashMap<>();

    /** A question begins. */
    void open(Origin origin, int rollouts) {
        open.computeIfAbsent(origin.partition(), p -> new TreeMap<>()).put(origin.offset(), rollouts);
    }

    /** One of its trajectories is written; returns whether it was the last. */
    boolean written(Origin origin) {
        TreeMap<Long, Integer> questions = Objects.requireNonNull(open.get(origin.partition()), origin::toString);
        return questions.merge(origin.offset(), -1, Integer::sum) == 0;
    }

    /**
     * Offsets that can be committed and have not been handed out before.
     *
     * @param positions offset that is read next, by partition: what holds where no question is open
     */
    Map<Integer, Long> committable(Map<Integer, Long> positions) {
        Map<Integer, Long> offsets = new HashMap<>();
        positions.forEach((partition, position) -> {
            long offset = next(partition, position);
            if (offset > committed.getOrDefault(partition, 0L)) {
                offsets.put(partition, offset);
            }
        });
        committed.putAll(offsets);
        return offsets;
    }

    /**
     * The same for a commit that goes along with what was written: if there is nothing else, the offset of one partition again, so that
     * brokers can tell a generator that has lost its partitions.
     *
     * @param positions not empty
     */
    Map<Integer, Long> atLeastOne(Map<Integer, Long> positions) {
        Map<Integer, Long> offsets = committable(positions);
        if (!offsets.isEmpty()) {
            return offsets;
        }
        Map.Entry<Integer, Long> any = positions.entrySet().iterator().next();
        return Map.of(any.getKey(), next(any.getKey(), any.getValue()));
    }

    /** Offset of the partition's first unfinished question; its position if there is none. */
    long next(int partition, long position) {
        TreeMap<Long, Integer> questions = open.getOrDefault(partition, new TreeMap<>());
        while (!questions.isEmpty() && questions.firstEntry().getValue() == 0) {
            questions.pollFirstEntry();
        }
        return questions.isEmpty() ? position : questions.firstKey();
    }

    /** Forgets partitions. */
    void drop(Set<Integer> partitions) {
        open.keySet().removeAll(partitions);
        committed.keySet().removeAll(partitions);
    }
}
