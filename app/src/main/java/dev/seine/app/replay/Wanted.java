package dev.seine.app.replay;

import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.topics.Event;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which trajectories are wanted; what is empty does not matter.
 *
 * @param fate {@code trained} or a reason for being skipped
 * @param partition of the scored record; with {@code offsets} it gives a range
 * @param fromOffset first offset
 * @param toOffset offset after the last
 * @param fromMs earliest time
 * @param toMs latest time
 * @param correct whether the answer must be right or wrong
 * @param minSearches fewest searches
 * @param maxSearches most searches
 * @param malformed whether the format must be broken or kept
 */
public record Wanted(
        Optional<String> question,
        Optional<String> group,
        Optional<String> rollout,
        OptionalLong step,
        Optional<String> fate,
        OptionalInt partition,
        OptionalLong fromOffset,
        OptionalLong toOffset,
        OptionalLong fromMs,
        OptionalLong toMs,
        Optional<Boolean> correct,
        OptionalInt minSearches,
        OptionalInt maxSearches,
        Optional<Boolean> malformed) {

    /** In which order. */
    public enum Order {
        /** As they lie in the log, oldest first. */
        TIME,
        /** As they lie in the log, newest first. */
        NEWEST,
        /** Highest advantage first. */
        ADVANTAGE,
        /** Highest reward first. */
        REWARD,
        /** Longest first. */
        LENGTH,
        /** Most searches first. */
        SEARCHES
    }

    /** Everything. */
    public static Wanted all() {
        return of(null, null, null, null);
    }

    /** One rollout. */
    public static Wanted rollout(String id) {
        return of(null, null, id, null);
    }

    /** One group. */
    public static Wanted group(String id) {
        return of(null, id, null, null);
    }

    /** Everything that a step consumed. */
    public static Wanted step(long number) {
        return of(null, null, null, number);
    }

    /** Everything of a question. */
    public static Wanted question(String id) {
        return of(id, null, null, null);
    }

    private static Wanted of(
            @Nullable String question, @Nullable String group, @Nullable String rollout, @Nullable Long step) {
        return new Wanted(
                Optional.ofNullable(question),
                Optional.ofNullable(group),
                Optional.ofNullable(rollout),
                step == null ? OptionalLong.empty() : OptionalLong.of(step),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty());
    }

    /** Whether it asks for what only the index knows, and a record on its own does not tell. */
    boolean needsSteps() {
        return step.isPresent() || fate.isPresent();
    }

    /** Whether a record is wanted, steps left aside. */
    boolean matches(Event<ScoredTrajectory> event) {
        ScoredTrajectory scored = event.value();
        Trajectory t = scored.getTrajectory();
        int searches = t.getSearches();
        return question.map(t.getQuestionId()::equals).orElse(true)
                && group.map(t.getGroupId()::equals).orElse(true)
                && rollout.map(t.getRolloutId()::equals).orElse(true)
                && partition.orElse(event.partition()) == event.partition()
                && event.offset() >= fromOffset.orElse(0)
                && event.offset() < toOffset.orElse(Long.MAX_VALUE)
                && event.timestampMs() >= fromMs.orElse(0)
                && event.timestampMs() <= toMs.orElse(Long.MAX_VALUE)
                && correct.map(c -> c == scored.getCorrect()).orElse(true)
                && searches >= minSearches.orElse(0)
                && searches <= maxSearches.orElse(Integer.MAX_VALUE)
                && malformed.map(m -> m != scored.getViolations().isEmpty()).orElse(true);
    }
}
