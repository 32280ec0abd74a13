package dev.seine.producers.generator;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often the turn that a rollout is in was begun and did not come to its end. A turn that makes its engine fail, or its whole process
 * die, is begun so many times and no more. The last time it is begun alone, with nothing else being written, so that no rollout is given up for
 * the fault of another.
 *
 * <p>Of rollouts that an earlier owner may have begun, beginnings are part of a note that is committed before an engine sees them, so they are
 * counted over all processes. What ends, and what is given back by a generator that goes, is in the note no longer: only who dies, or loses its place in
 * its group, leaves a beginning behind. Beginnings that nobody can have tried before are not noted: each would have to wait for a commit.
 *
 * <p>A note is a list of {@code offset#index/turn*times} between blanks: offset of the question, index of the rollout in its group.
 */
final class Beginnings {
    private static final Logger LOG = LoggerFactory.getLogger(Beginnings.class);
    /** Entries of a note: brokers take 4,096 characters, and an entry with the blank before it has 31 at most. */
    private static final int MOST_NOTED = 128;

    private static final Pattern ENTRY = Pattern.compile("(\\d{1,15})#(\\d{1,4})/(\\d{1,4})\\*(\\d{1,4})");

    /** A rollout by the place of its question. */
    private record Place(int partition, long offset, int index) implements Comparable<Place> {
        private static final Comparator<Place> ORDER = Comparator.comparingInt(Place::partition)
                .thenComparingLong(Place::offset)
                .thenComparingInt(Place::index);

        static Place of(Plan plan) {
            return new Place(plan.origin().partition(), plan.origin().offset(), plan.index());
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * Beginnings of one turn.
     *
     * @param underWay whether it is being written now; that beginning is counted in {@code times}
     * @param noted whether it is part of the note
     */
    private record Count(int turn, int times, boolean underWay, boolean noted) {}

    private final int most;
    private final TreeMap<Place, Count> counts = new TreeMap<>();
    /** Notes as they were handed out last, by partition. */
    private final Map<Integer, String> notes = new HashMap<>();
    /** Partitions with a beginning that is to be noted and was not handed out. */
    private final Set<Integer> unwritten = new HashSet<>();

    /** Beginnings of which there may be {@code most} in a turn. */
    Beginnings(int most) {
        this.most = most;
    }

    /** Takes up what earlier owners of a partition have noted. A note that is none of ours says nothing. */
    void recall(int partition, String note) {
        notes.put(partition, note);
        for (String entry : note.isBlank() ? new String[0] : note.split(" ", -1)) {
            Matcher parts = ENTRY.matcher(entry);
            if (!parts.matches()) {
                LOG.warn(
                        "partition {}: expected offset#index/turn*times in the group's note, got '{}'",
                        partition,
                        entry);
                continue;
            }
            Place place = new Place(partition, Long.parseLong(parts.group(1)), Integer.parseInt(parts.group(2)));
            counts.put(
                    place, new Count(Integer.parseInt(parts.group(3)), Integer.parseInt(parts.group(4)), false, true));
        }
    }

    /** An earlier owner may have begun this rollout: its next beginning is noted. */
    void takenOver(Plan plan) {
        counts.putIfAbsent(Place.of(plan), new Count(0, 0, false, true));
    }

    /** Whether the next beginning of this rollout is to be noted. */
    boolean toBeNoted(Plan plan) {
        Count count = counts.get(Place.of(plan));
        return count != null && count.noted();
    }

    /** How often a turn may be begun. */
    int most() {
        return most;
    }

    /** Whether a turn may begin beside those that are under way. */
    boolean mayBegin(Plan plan, int turn) {
        return last(times(plan, turn) + 1)
                ? counts.values().stream().noneMatch(Count::underWay)
                : counts.values().stream().noneMatch(count -> count.underWay() && last(count.times()));
    }

    /** A turn begins. */
    void begin(Plan plan, int turn) {
        boolean noted = toBeNoted(plan);
        counts.put(Place.of(plan), new Count(turn, times(plan, turn) + 1, true, noted));
        if (noted) {
            unwritten.add(plan.origin().partition());
        }
    }

    /** Whether an engine has to wait for a note to be committed before it goes on. */
    boolean unwritten() {
        return !unwritten.isEmpty();
    }

    /** It was broken off by a failure; returns how often it has been begun. */
    int failed(Plan plan) {
        Count count = Objects.requireNonNull(counts.get(Place.of(plan)), plan::rolloutId);
        counts.put(Place.of(plan), new Count(count.turn(), count.times(), false, count.noted()));
        return count.times();
    }

    /** A turn, or the whole rollout, has come to its end. */
    void ended(Plan plan) {
        counts.remove(Place.of(plan));
    }

    /** What is under way in these partitions is left to others, through no fault of its own. */
    void giveBack(Set<Integer> partitions) {
        counts.replaceAll((place, count) -> count.underWay() && partitions.contains(place.partition())
                ? new Count(count.turn(), count.times() - 1, false, count.noted())
                : count);
    }

    /** Forgets partitions. */
    void drop(Set<Integer> partitions) {
        counts.keySet().removeIf(place -> partitions.contains(place.partition()));
        notes.keySet().removeAll(partitions);
        unwritten.removeAll(partitions);
    }

    /** The note of a partition as it was handed out, or recalled, last. */
    String noted(int partition) {
        return notes.getOrDefault(partition, "");
    }

    /**
     * The note of a partition, to be committed if it is another than the last.
     *
     * @param next offset of the first question that is not finished
     */
    String note(int partition, long next) {
        String note = text(partition, next);
        notes.put(partition, note);
        unwritten.remove(partition);
        return note;
    }

    /** If there are too many, those that were begun most often: once they have ended, the others are counted. */
    private String text(int partition, long next) {
        return counts.subMap(new Place(partition, next, 0), new Place(partition + 1, 0, 0)).entrySet().stream()
                .filter(entry -> entry.getValue().noted() && entry.getValue().times() > 0)
                .sorted(Comparator.comparingInt(entry -> -entry.getValue().times()))
                .limit(MOST_NOTED)
                .map(entry -> entry.getKey().offset() + "#" + entry.getKey().index() + "/"
                        + entry.getValue().turn() + "*" + entry.getValue().times())
                .collect(Collectors.joining(" "));
    }

    /** How often this turn was begun without coming to its end. */
    int times(Plan plan, int turn) {
        Count count = counts.get(Place.of(plan));
        return count != null && count.turn() == turn ? count.times() : 0;
    }

    private boolean last(int times) {
        return times == most && most > 1;
    }
}
