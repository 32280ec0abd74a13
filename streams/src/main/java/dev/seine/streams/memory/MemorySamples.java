package dev.seine.streams.memory;

import dev.seine.event.MemorySample;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.schemas.Dialect;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a scored group leaves to be memorized. */
public final class MemorySamples {
    private MemorySamples() {}

    /**
     * At most one sample, verified by {@link Verification}: the rewritten text that most of the group's trajectories agree on, of equally frequent ones the
     * longest, which states most. A lucky answer on half of the evidence is rarely the most frequent way to be right, and
     * must not be learned. Only correct, well-formed trajectories that searched are rewritten, and only those of training
     * questions: nothing asked live or in an evaluation is learned.
     */
    public static List<MemorySample> of(List<ScoredTrajectory> group, Rewriter rewriter) {
        Map<String, MemorySample> first = new LinkedHashMap<>();
        Map<String, Integer> votes = new HashMap<>();
        for (ScoredTrajectory scored : group) {
            if (worthKeeping(scored)) {
                rewriter.rewrite(scored)
                        .filter(found -> verified(scored, found))
                        .ifPresent(found -> {
                            first.putIfAbsent(found.text(), sample(scored.getTrajectory(), found, rewriter.name()));
                            votes.merge(found.text(), 1, Integer::sum);
                        });
            }
        }
        return first.keySet().stream()
                .max(Comparator.comparingInt((String text) -> votes.get(text)).thenComparingInt(String::length))
                .map(text -> List.of(first.get(text)))
                .orElse(List.of());
    }

    private static boolean verified(ScoredTrajectory scored, Rewritten rewritten) {
        Trajectory trajectory = scored.getTrajectory();
        return Verification.fault(Dialect.of(trajectory.getDialect()), rewritten.text(), trajectory.getAnswers())
                .isEmpty();
    }

    /** Whether a trajectory is one to be rewritten. */
    public static boolean worthKeeping(ScoredTrajectory scored) {
        Trajectory trajectory = scored.getTrajectory();
        return scored.getCorrect()
                && scored.getViolations().isEmpty()
                && trajectory.getSearches() > 0
                && trajectory.getSeq() >= 0;
    }

    private static MemorySample sample(Trajectory trajectory, Rewritten rewritten, String rewriter) {
        return MemorySample.newBuilder()
                .setSampleId(trajectory.getRolloutId() + "/" + rewriter)
                .setQuestionId(trajectory.getQuestionId())
                .setGroupId(trajectory.getGroupId())
                .setRolloutId(trajectory.getRolloutId())
                .setSeq(trajectory.getSeq())
                .setQuestion(trajectory.getQuestion())
                .setAnswers(trajectory.getAnswers())
                .setDialect(trajectory.getDialect())
                .setPrompt(trajectory.getPrompt())
                .setText(rewritten.text())
                .setPassageIds(rewritten.passageIds())
                .setRewriter(rewriter)
                .build();
    }
}
