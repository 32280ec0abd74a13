package dev.seine.learner;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * The books over rollouts: produced = trained + skipped + in flight, at any time. A rollout delivered again counts as duplicate and nothing
 * else. Written by the learner's thread; {@link #books} may be read by any.
 */
public final class Accounting {
    private long produced;
    private long trained;
    private long duplicates;
    private long foreign;
    private final Map<String, Long> skipped = new TreeMap<>();
    private volatile Books books = new Books(0, 0, Map.of(), 0, 0, 0);

    Accounting() {}

    /**
     * A moment's state.
     *
     * @param produced rollouts accepted
     * @param trained rollouts that changed the weights, once each
     * @param skipped rollouts consumed without training, by reason
     * @param inFlight rollouts read and not consumed yet
     * @param duplicates repeated deliveries, counted nowhere else
     * @param foreign rollouts of other policies seen since the start, counted nowhere else
     */
    public record Books(
            long produced, long trained, Map<String, Long> skipped, long inFlight, long duplicates, long foreign) {
        /** Copies the map. */
        public Books {
            skipped = Map.copyOf(skipped);
        }

        /** Skipped for any reason. */
        public long skippedInAll() {
            return skipped.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Books continued from a checkpoint, which has nothing in flight: that will be read again. */
    static Accounting of(long trained, Map<String, Long> skipped, long duplicates) {
        Accounting accounting = new Accounting();
        accounting.trained = trained;
        accounting.skipped.putAll(skipped);
        accounting.duplicates = duplicates;
        accounting.produced =
                trained + skipped.values().stream().mapToLong(Long::longValue).sum();
        accounting.publish();
        return accounting;
    }

    void produced() {
        produced++;
        publish();
    }

    void duplicate() {
        duplicates++;
        publish();
    }

    void foreign() {
        foreign++;
        publish();
    }

    /** Closes the books of one step. */
    void consumed(int trainedNow, Map<String, ? extends Collection<String>> skippedNow) {
        trained += trainedNow;
        skippedNow.forEach((reason, ids) -> skipped.merge(reason, (long) ids.size(), Long::sum));
        publish();
    }

    Books books() {
        return books;
    }

    private void publish() {
        long gone =
                trained + skipped.values().stream().mapToLong(Long::longValue).sum();
        books = new Books(produced, trained, skipped, produced - gone, duplicates, foreign);
    }
}
