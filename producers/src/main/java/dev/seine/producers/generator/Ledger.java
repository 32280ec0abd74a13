package dev.seine.producers.generator;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Which questions are unfinished, by partition. An offset may be committed when every question below it has all its
 * trajectories written.
 */
final class Ledger {
    /** A question: rollouts still to come, and the writes of those that came. */
    private static final class Group {
        private int missing;
        private CompletableFuture<Void> written = CompletableFuture.completedFuture(null);

        private Group(int rollouts) {
            missing = rollouts;
        }

        private boolean done() {
            return missing == 0 && written.isDone() && !written.isCompletedExceptionally();
        }
    }

    private final Map<Integer, TreeMap<Long, Group>> open = new HashMap<>();
    private final Map<Integer, Long> committed = new HashMap<>();

    /** A question begins. */
    void open(Origin origin, int rollouts) {
        open.computeIfAbsent(origin.partition(), p -> new TreeMap<>()).put(origin.offset(), new Group(rollouts));
    }

    /** One of its trajectories is being written; returns whether it was the last. */
    boolean sent(Origin origin, CompletableFuture<Void> write) {
        Group group = open.get(origin.partition()).get(origin.offset());
        group.missing--;
        group.written = CompletableFuture.allOf(group.written, write);
        return group.missing == 0;
    }

    /**
     * Offsets that can be committed and have not been handed out before.
     *
     * @param positions offset that is read next, by partition: what holds where no question is open
     */
    Map<Integer, Long> committable(Map<Integer, Long> positions) {
        Map<Integer, Long> offsets = new HashMap<>();
        positions.forEach((partition, position) -> {
            TreeMap<Long, Group> groups = open.getOrDefault(partition, new TreeMap<>());
            while (!groups.isEmpty() && groups.firstEntry().getValue().done()) {
                groups.pollFirstEntry();
            }
            long offset = groups.isEmpty() ? position : groups.firstKey();
            if (offset > committed.getOrDefault(partition, 0L)) {
                offsets.put(partition, offset);
            }
        });
        committed.putAll(offsets);
        return offsets;
    }

    /** Forgets partitions. */
    void drop(Set<Integer> partitions) {
        open.keySet().removeAll(partitions);
        committed.keySet().removeAll(partitions);
    }
}
