package dev.seine.learner;

import dev.seine.event.FinishReason;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a step's groups is trained, and why the rest is not. Every member of every group is in exactly one of the two.
 *
 * @param consumed all members, in batch order
 * @param trained those trained
 * @param skipped rollout ids of the others, by reason
 * @param staleness members by versions behind, incomplete groups included
 */
record Selection(
        List<ScoredTrajectory> consumed,
        List<ScoredTrajectory> trained,
        Map<String, List<String>> skipped,
        Map<Long, Long> staleness) {
    static final String STALE = "stale";
    static final String NO_VARIANCE = "no-variance";
    static final String INCOMPLETE = "incomplete";
    static final String FAILED = "failed";
    private static final Logger LOG = LoggerFactory.getLogger(Selection.class);

    /**
     * Applies the rules, a pure function of groups, version and settings.
     *
     * @param compares whether rollouts are held against their group, so that one in which all rewards are equal says nothing
     */
    static Selection of(List<Group> groups, long version, Freshness freshness, Defects defects, boolean compares) {
        List<ScoredTrajectory> consumed = new ArrayList<>();
        List<ScoredTrajectory> trained = new ArrayList<>();
        Map<String, List<String>> skipped = new TreeMap<>();
        Map<Long, Long> staleness = new TreeMap<>();
        for (Group group : groups) {
            boolean flat = compares && flat(group);
            for (ScoredTrajectory scored : group.scored()) {
                consumed.add(scored);
                staleness.merge(Freshness.staleness(version, scored.getTrajectory()), 1L, Long::sum);
                Optional<String> reason = reason(group, flat, scored.getTrajectory(), version, freshness, defects);
                if (reason.isPresent()) {
                    skipped.computeIfAbsent(reason.get(), r -> new ArrayList<>())
                            .add(scored.getTrajectory().getRolloutId());
                } else {
                    trained.add(scored);
                }
            }
        }
        return new Selection(consumed, trained, skipped, staleness);
    }

    /** Ids of everything trained or skipped. */
    Stream<String> rolloutIds() {
        return consumed.stream().map(s -> s.getTrajectory().getRolloutId());
    }

    /** Ids of what is trained, in batch order. */
    List<String> trainedIds() {
        return trained.stream().map(s -> s.getTrajectory().getRolloutId()).toList();
    }

    /** Sequences of what is trained, in batch order. */
    List<Sequence> sequences(Advantages rule) {
        double[] advantages = rule.of(trained);
        List<Sequence> sequences = new ArrayList<>();
        for (int i = 0; i < advantages.length; i++) {
            sequences.add(Sequence.rollout(trained.get(i), advantages[i]));
        }
        return sequences;
    }

    /** How many were skipped, by reason. */
    Map<String, Integer> skippedCounts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        skipped.forEach((reason, ids) -> counts.put(reason, ids.size()));
        return counts;
    }

    private static Optional<String> reason(
            Group group, boolean flat, Trajectory t, long version, Freshness freshness, Defects defects) {
        Optional<Defects.Defect> defect = defects.of(t);
        if (defect.isPresent()) {
            LOG.warn("not trained: {}", defect.get().detail());
            return defect.map(Defects.Defect::reason);
        }
        if (!group.complete()) {
            return Optional.of(INCOMPLETE);
        }
        if (t.getFinish() == FinishReason.ERROR || t.getFinish() == FinishReason.TIMEOUT) {
            // Not the policy's doing: it must not learn from it that searching is bad.
            return Optional.of(FAILED);
        }
        if (!freshness.allows(version, t)) {
            return Optional.of(STALE);
        }
        return flat ? Optional.of(NO_VARIANCE) : Optional.empty();
    }

    /** All rewards equal: no member is better than another, so there is nothing to learn from. */
    private static boolean flat(Group group) {
        double first = group.scored().get(0).getRewards().getTotal();
        return group.scored().stream().allMatch(s -> Math.abs(s.getRewards().getTotal() - first) < 1e-9);
    }
}
