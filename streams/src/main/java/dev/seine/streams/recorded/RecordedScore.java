package dev.seine.streams.recorded;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.event.ScoredTrajectory;
import dev.seine.streams.reward.Rollout;
import dev.seine.streams.reward.Scoring;
import java.util.List;
import java.util.OptionalInt;

/**
 * Metrics and reward of one recorded trajectory, scored as a group of its own.
 *
 * @param em exact match, 0 or 1
 * @param f1 token F1, 0..1
 * @param cem cover exact match, 0 or 1
 * @param searches searches made
 * @param reward total reward
 * @param formatViolation true if the text is malformed
 */
@JsonPropertyOrder({"em", "f1", "cem", "searches", "reward", "format_violation"})
public record RecordedScore(
        double em,
        double f1,
        double cem,
        int searches,
        double reward,
        @JsonProperty("format_violation") boolean formatViolation) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Scores one trajectory. */
    public static RecordedScore of(Rollout rollout, Scoring scoring) {
        return of(scoring.scoreRollouts(List.of(rollout), OptionalInt.empty())
                .scored()
                .get(0));
    }

    /** What a scored trajectory says. */
    public static RecordedScore of(ScoredTrajectory scored) {
        return new RecordedScore(
                scored.getEm(),
                scored.getF1(),
                scored.getCem(),
                scored.getTrajectory().getSearches(),
                scored.getRewards().getTotal(),
                !scored.getViolations().isEmpty());
    }

    /** One line of JSON, without a line break. */
    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
