package dev.seine.streams;

import dev.seine.event.Segment;
import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import java.util.List;
import java.util.Optional;

/** What a trajectory must be before it is scored; the rest is refused, never trained on. */
public final class TrajectoryCheck {
    private static final int LARGEST_GROUP = 4096;
    /** ln p may come out a little above 0 by rounding. */
    private static final float ROUNDING = 1e-3f;

    private final String dialect;

    /**
     * A check of trajectories in one dialect.
     *
     * @param dialect id of the dialect
     */
    public TrajectoryCheck(String dialect) {
        this.dialect = dialect;
    }

    /** Why it is refused: id, got, expected; empty if it is fine. */
    public Optional<String> fault(String key, Trajectory trajectory) {
        return identity(key, trajectory)
                .or(() -> numbers(trajectory))
                .or(() -> lengths(trajectory))
                .or(() -> segments(trajectory))
                .or(() -> probabilities(trajectory))
                .map(fault -> "trajectory '" + trajectory.getRolloutId() + "': " + fault);
    }

    private Optional<String> identity(String key, Trajectory trajectory) {
        String group = trajectory.getQuestionId() + "@" + trajectory.getEpoch();
        String rollout = group + "#" + trajectory.getRolloutIndex();
        if (trajectory.getQuestionId().isBlank()
                || trajectory.getQuestionId().chars().anyMatch(Character::isISOControl)) {
            return Optional.of("question id must be readable text, got '" + trajectory.getQuestionId() + "'");
        }
        return differs("group id", group, trajectory.getGroupId())
                .or(() -> differs("key", group, key))
                .or(() -> differs("rollout id", rollout, trajectory.getRolloutId()))
                .or(() -> differs("dialect", dialect, trajectory.getDialect()));
    }

    private static Optional<String> numbers(Trajectory trajectory) {
        int size = trajectory.getGroupSize();
        int index = trajectory.getRolloutIndex();
        if (size < 1 || size > LARGEST_GROUP) {
            return Optional.of("group size must be 1.." + LARGEST_GROUP + ", got " + size);
        }
        if (index < 0 || index >= size) {
            return Optional.of("rollout index must be 0.." + (size - 1) + ", got " + index);
        }
        if (trajectory.getSearches() < 0) {
            return Optional.of("searches must be at least 0, got " + trajectory.getSearches());
        }
        return trajectory.getAtMs() < 0
                ? Optional.of("time must be at least 0, got " + trajectory.getAtMs())
                : Optional.empty();
    }

    private static Optional<String> lengths(Trajectory trajectory) {
        int tokens = trajectory.getTokens().size();
        int sampled = trajectory.getSampled().size();
        int logprobs = trajectory.getLogprobs().size();
        return tokens == sampled && tokens == logprobs
                ? Optional.empty()
                : Optional.of("tokens, sampled and logprobs must be equally long, got " + tokens + ", " + sampled
                        + " and " + logprobs);
    }

    private static Optional<String> segments(Trajectory trajectory) {
        List<Boolean> sampled = trajectory.getSampled();
        int at = 0;
        for (Segment segment : trajectory.getSegments()) {
            if (segment.getStart() != at || segment.getEnd() < at || segment.getEnd() > sampled.size()) {
                return Optional.of("a segment must start at " + at + " and end by " + sampled.size() + ", got "
                        + segment.getStart() + ".." + segment.getEnd());
            }
            at = segment.getEnd();
            boolean generated = segment.getKind() == SegmentKind.GENERATED;
            if (!generated && sampled.subList(segment.getStart(), at).contains(true)) {
                return Optional.of("tokens of a " + segment.getKind() + " segment must not be sampled, got one in "
                        + segment.getStart() + ".." + at);
            }
        }
        return at == sampled.size()
                ? Optional.empty()
                : Optional.of("segments must cover " + sampled.size() + " tokens, got " + at);
    }

    private static Optional<String> probabilities(Trajectory trajectory) {
        for (int i = 0; i < trajectory.getLogprobs().size(); i++) {
            float logprob = trajectory.getLogprobs().get(i);
            boolean sampled = trajectory.getSampled().get(i);
            if (!(sampled ? Float.isFinite(logprob) && logprob <= ROUNDING : logprob == 0)) {
                return Optional.of("log-probability of token " + i + " must be "
                        + (sampled ? "finite and at most 0" : "0 where nothing was sampled") + ", got " + logprob);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> differs(String what, String expected, String got) {
        return expected.equals(got)
                ? Optional.empty()
                : Optional.of(what + " must be '" + expected + "', got '" + got + "'");
    }
}
