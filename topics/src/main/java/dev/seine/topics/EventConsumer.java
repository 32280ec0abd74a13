package dev.seine.topics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads one topic. Not safe for use by several threads, except {@link #wakeup}.
 *
 * <p>A record that cannot be decoded (bad bytes, unknown schema id, null key or value) is written to the rejections with
 * its origin, cause and bytes, counted, and skipped. A registry that does not answer is no such case: {@link #poll}
 * then throws, as it does if the rejection cannot be written, and the records come again.
 */
public interface EventConsumer<V extends SpecificRecord> extends AutoCloseable {
    /** The next events, in the order of each partition; empty if none came in time or after {@link #wakeup}. */
    List<Event<V>> poll(Duration timeout);

    /** Everything from the present positions to the ends that the partitions have now; waits for transactions under way. */
    default List<Event<V>> readToEnd() {
        Map<Integer, Long> ends = writtenOffsets();
        List<Event<V>> events = new ArrayList<>();
        while (!reached(ends)) {
            events.addAll(poll(Duration.ofMillis(100)));
        }
        return List.copyOf(events);
    }

    /**
     * Hands on everything from the present positions up to these offsets (exclusive), in the order of each partition.
     *
     * @throws IllegalStateException if nothing comes for a minute
     */
    default void readTo(Map<Integer, Long> ends, Consumer<Event<V>> each) {
        Map<Integer, Long> before = Map.of();
        long since = System.nanoTime();
        for (Map<Integer, Long> now = positions();
                now.entrySet().stream().anyMatch(e -> e.getValue() < ends.getOrDefault(e.getKey(), 0L));
                now = positions()) {
            if (!now.equals(before)) {
                before = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > Duration.ofMinutes(1).toNanos()) {
                throw new IllegalStateException("nothing to read for a minute at " + now + ", expected to come to "
                        + ends + ": is the broker there?");
            }
            poll(Duration.ofMillis(100)).stream()
                    .filter(event -> event.offset() < ends.getOrDefault(event.partition(), 0L))
                    .forEach(each);
        }
    }

    /**
     * The events of one partition from {@code from} up to {@code to} (exclusive), found by their offsets and not by reading what lies before
     * them; what is no longer kept, not there yet or unreadable is left out. Only without a group; reads this partition alone from now on.
     */
    default List<Event<V>> range(int partition, long from, long to) {
        assignTo(Set.of(partition));
        long first = Math.max(from, beginningOffsets().getOrDefault(partition, 0L));
        long last = Math.min(to, endOffsets().getOrDefault(partition, 0L));
        List<Event<V>> events = new ArrayList<>();
        if (first < last) {
            seek(partition, first);
            readTo(Map.of(partition, last), events::add);
        }
        return List.copyOf(events);
    }

    /**
     * Commits, for the group, the offset after the last processed record of each partition. Partitions that this member
     * does not own (any more) are left out.
     */
    void commit(Map<Integer, Long> nextOffsetByPartition);

    /** The next poll reads the partition from this offset. */
    void seek(int partition, long offset);

    /** The next poll reads the partition from its first record that was written at this time, in milliseconds, or later. */
    void seekToTime(int partition, long timestampMs);

    /** What the group has committed for its partitions; those without are left out. Waits for commits that are under way. */
    Map<Integer, Bookmark> bookmarks();

    /** The next poll reads all partitions from the offsets that the group has committed. */
    void rewind();

    /** The next poll reads all partitions from their first record. */
    void seekToBeginning();

    /** The next poll reads only what is written from now on. */
    void seekToEnd();

    /** The next poll reads of these partitions only what is written from now on. */
    default void seekToEnd(Set<Integer> partitions) {
        Map<Integer, Long> end = endOffsets();
        partitions.forEach(partition -> seek(
                partition,
                Objects.requireNonNull(end.get(partition), () -> "partition " + partition + " is not read")));
    }

    /** Offset of the next record to be read, by partition. */
    Map<Integer, Long> positions();

    /** Whether everything before these offsets has been read, of the partitions read at present. */
    default boolean reached(Map<Integer, Long> ends) {
        return positions().entrySet().stream().allMatch(e -> e.getValue() >= ends.getOrDefault(e.getKey(), 0L));
    }

    /** Offset after the last record that can be read, by partition. */
    Map<Integer, Long> endOffsets();

    /**
     * Offset after the last record that is written, by partition, those of open transactions included: who has read up to
     * here has seen everything that was begun before the call.
     */
    Map<Integer, Long> writtenOffsets();

    /** Offset of the first record there is, by partition. */
    Map<Integer, Long> beginningOffsets();

    /** Reads these partitions from now on; kept ones keep their position, new ones begin at their first record. Only without a group. */
    void assignTo(Set<Integer> partitions);

    /** Stops reading these partitions until {@link #resume}. */
    void pause(Set<Integer> partitions);

    /** Reads these partitions again. */
    void resume(Set<Integer> partitions);

    /** Partitions read at present. */
    Set<Integer> partitions();

    /** Records rejected by this consumer so far. */
    long rejected();

    /** Ends a poll that is under way in another thread, or the next one. */
    void wakeup();

    @Override
    void close();
}
