package dev.seine.app.replay;

import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.topics.Event;

/**
 * What the index knows of a scored trajectory; the rest is in the log.
 *
 * @param partition partition of its scored record
 * @param offset offset of its scored record
 * @param atMs when it was scored, in milliseconds since 1970-01-01 UTC
 * @param step step that consumed it; -1 if none has
 * @param fate {@code trained}, or the reason why it was skipped; empty if no step has consumed it
 * @param minVersion oldest weights that sampled it
 * @param violations broken rules of the format
 * @param tokens its length
 */
public record Row(
        int partition,
        long offset,
        long atMs,
        String rollout,
        String group,
        String question,
        long seq,
        long step,
        String fate,
        long minVersion,
        double reward,
        double advantage,
        int searches,
        boolean correct,
        int violations,
        int tokens) {
    /** The row of a record that no step has consumed. */
    static Row unconsumed(Event<ScoredTrajectory> event) {
        ScoredTrajectory scored = event.value();
        Trajectory t = scored.getTrajectory();
        return new Row(
                event.partition(),
                event.offset(),
                event.timestampMs(),
                t.getRolloutId(),
                t.getGroupId(),
                t.getQuestionId(),
                t.getSeq(),
                -1,
                "",
                t.getMinVersion(),
                scored.getRewards().getTotal(),
                scored.getAdvantage(),
                t.getSearches(),
                scored.getCorrect(),
                scored.getViolations().size(),
                t.getTokens().size());
    }
}
