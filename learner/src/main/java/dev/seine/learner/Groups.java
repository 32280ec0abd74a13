package dev.seine.learner;

import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.topics.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Gathers scored trajectories into groups and says which of them a step consumes. Every rollout is handed out at most once, however often
 * it is delivered, also across a restart from {@link #consumed} and {@link #offsets}.
 *
 * <p>Step n takes the groups of questions n*q .. n*q+q-1, whatever order they finish in, so that quick rollouts are not favoured and the
 * batch depends on the data only. Groups that missed their step, and those without a place in the training order, come along with the next.
 */
final class Groups {
    /** Repetitions are recognised at least this many groups back. */
    private static final int REMEMBERED = 4096;

    private final String policy;
    private final int questionsPerStep;
    private final Accounting accounting;
    private final Map<String, Map<String, Event<ScoredTrajectory>>> pending = new LinkedHashMap<>();
    private final Map<String, Consumed> consumed = new LinkedHashMap<>();
    private final Map<Integer, Long> read = new TreeMap<>();

    /** Groups of one policy; those of others in the same topics are counted and passed over. */
    Groups(String policy, int questionsPerStep, Accounting accounting) {
        this.policy = policy;
        this.questionsPerStep = questionsPerStep;
        this.accounting = accounting;
    }

    /** Takes up what a checkpoint remembers. */
    void restore(Map<Integer, Long> offsets, Collection<Consumed> past) {
        read.putAll(offsets);
        past.forEach(group -> consumed.put(group.id(), group));
    }

    /** Adds a record. @return false if it is a repetition, or of another policy */
    boolean add(Event<ScoredTrajectory> event) {
        read.merge(event.partition(), event.offset() + 1, Math::max);
        Trajectory t = event.value().getTrajectory();
        if (!t.getPolicy().equals(policy)) {
            accounting.foreign();
            return false;
        }
        Consumed past = consumed.get(t.getGroupId());
        boolean repeated =
                past != null && (past.partial().isEmpty() || past.partial().contains(t.getRolloutId()));
        if (!repeated) {
            repeated = pending.computeIfAbsent(t.getGroupId(), id -> new LinkedHashMap<>())
                            .putIfAbsent(t.getRolloutId(), event)
                    != null;
        }
        if (repeated) {
            accounting.duplicate();
        } else {
            accounting.produced();
        }
        return !repeated;
    }

    /**
     * The groups of step {@code index} (from 0), in training order, if it can be made: its questions' groups are all complete, or as many
     * groups without a place in the order are, or {@code impatient} and there is anything. What is not complete is handed out only to the
     * impatient, and what is left of a group handed out before.
     */
    Optional<List<Group>> next(long index, boolean impatient) {
        long from = index * questionsPerStep;
        long to = from + questionsPerStep;
        List<Group> due = groups().filter(g -> g.seq() < to).toList();
        List<Group> whole = due.stream()
                .filter(g -> g.complete() || consumed.containsKey(g.id()))
                .toList();
        long windowed = whole.stream()
                .filter(Group::complete)
                .mapToLong(Group::seq)
                .filter(seq -> seq >= from)
                .distinct()
                .count();
        long unplaced = whole.stream().filter(g -> g.complete() && g.seq() < 0).count();
        if (windowed == questionsPerStep || unplaced >= questionsPerStep) {
            return Optional.of(whole);
        }
        return impatient && !due.isEmpty() ? Optional.of(due) : Optional.empty();
    }

    /** The groups that hold these rollouts, with these members only, in training order; empty until all are there. */
    Optional<List<Group>> holding(Set<String> rollouts) {
        List<Group> found = new ArrayList<>();
        long members = 0;
        for (Group group : (Iterable<Group>) groups()::iterator) {
            List<Event<ScoredTrajectory>> wanted = group.members().stream()
                    .filter(e -> rollouts.contains(e.value().getTrajectory().getRolloutId()))
                    .toList();
            members += wanted.size();
            if (!wanted.isEmpty()) {
                found.add(new Group(group.id(), group.seq(), group.count(), group.partition(), wanted));
            }
        }
        return members == rollouts.size() ? Optional.of(found) : Optional.empty();
    }

    /** Takes groups out for good. */
    void consume(List<Group> groups) {
        for (Group group : groups) {
            Map<String, Event<ScoredTrajectory>> members = Objects.requireNonNull(pending.get(group.id()), group::id);
            group.rolloutIds().forEach(members::remove);
            if (members.isEmpty()) {
                pending.remove(group.id());
            }
            Consumed before = consumed.remove(group.id());
            List<String> partial = new ArrayList<>(before == null ? List.of() : before.partial());
            partial.addAll(group.rolloutIds());
            boolean all = partial.size() >= group.count();
            consumed.put(
                    group.id(),
                    new Consumed(group.id(), group.partition(), group.lastOffset(), all ? List.of() : partial));
        }
        forget();
    }

    /** Rollouts read and not consumed. */
    int inFlight() {
        return pending.values().stream().mapToInt(Map::size).sum();
    }

    /** Offset from which each partition must be read again after a restart: that of its first rollout not consumed. */
    Map<Integer, Long> offsets() {
        Map<Integer, Long> offsets = new TreeMap<>(read);
        pending.values().stream()
                .flatMap(members -> members.values().stream())
                .forEach(e -> offsets.merge(e.partition(), e.offset(), Math::min));
        return offsets;
    }

    /** Groups whose records may come again. */
    List<Consumed> consumed() {
        return List.copyOf(consumed.values());
    }

    private java.util.stream.Stream<Group> groups() {
        return pending.entrySet().stream()
                .map(entry -> {
                    List<Event<ScoredTrajectory>> members =
                            List.copyOf(entry.getValue().values());
                    ScoredTrajectory first = members.get(0).value();
                    return new Group(
                            entry.getKey(),
                            first.getTrajectory().getSeq(),
                            first.getGroupCount(),
                            members.get(0).partition(),
                            members);
                })
                .sorted(Group.ORDER);
    }

    /** Old groups are forgotten once a restart would not read them again. */
    private void forget() {
        if (consumed.size() <= REMEMBERED) {
            return;
        }
        Map<Integer, Long> offsets = offsets();
        Set<String> old = consumed.values().stream()
                .limit(consumed.size() - REMEMBERED)
                .filter(c -> c.lastOffset() < offsets.getOrDefault(c.partition(), 0L))
                .map(Consumed::id)
                .collect(Collectors.toCollection(HashSet::new));
        consumed.keySet().removeAll(old);
    }
}
