package dev.seine.streams.memory;

import dev.seine.event.MemorySample;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a scored group leaves to be memorized. */
public final class MemorySamples {
    private MemorySamples() {}

    /**
     * One sample for each distinct rewritten text, in the group's order. Only correct, well-formed trajectories that
     * searched are rewritten, and only those of training questions: nothing asked live or in an evaluation is learned.
     */
    public static List<MemorySample> of(List<ScoredTrajectory> group, Rewriter rewriter) {
        List<MemorySample> samples = new ArrayList<>();
        Set<String> texts = new HashSet<>();
        for (ScoredTrajectory scored : group) {
            if (worthKeeping(scored)) {
                Optional<Rewritten> rewritten = rewriter.rewrite(scored);
                rewritten
                        .filter(found -> texts.add(found.text()))
                        .ifPresent(found -> samples.add(sample(scored.getTrajectory(), found, rewriter.name())));
            }
        }
        return samples;
    }

    private static boolean worthKeeping(ScoredTrajectory scored) {
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
