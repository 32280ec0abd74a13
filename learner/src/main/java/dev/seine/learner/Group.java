package dev.seine.learner;

import dev.seine.event.ScoredTrajectory;
import dev.seine.topics.Event;
import java.util.Comparator;
import java.util.List;

/**
 * The rollouts of one question, in the order of their index.
 *
 * @param id group id
 * @param seq the question's place in the training order; -1 if it has none
 * @param count members of the whole group
 * @param partition where they lie
 */
record Group(String id, long seq, int count, int partition, List<Event<ScoredTrajectory>> members) {
    /** The order in which a step takes groups. */
    static final Comparator<Group> ORDER = Comparator.comparingLong(Group::seq).thenComparing(Group::id);

    Group {
        members = members.stream()
                .sorted(Comparator.comparingInt((Event<ScoredTrajectory> e) ->
                                e.value().getTrajectory().getRolloutIndex())
                        .thenComparingLong(Event::offset))
                .toList();
    }

    boolean complete() {
        return members.size() >= count;
    }

    List<ScoredTrajectory> scored() {
        return members.stream().map(Event::value).toList();
    }

    List<String> rolloutIds() {
        return members.stream()
                .map(e -> e.value().getTrajectory().getRolloutId())
                .toList();
    }

    long firstOffset() {
        return members.stream().mapToLong(Event::offset).min().orElseThrow();
    }

    long lastOffset() {
        return members.stream().mapToLong(Event::offset).max().orElseThrow();
    }
}
