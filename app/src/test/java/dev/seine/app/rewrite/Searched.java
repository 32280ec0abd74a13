package dev.seine.app.rewrite;

import dev.seine.app.LogSample;
import dev.seine.event.FinishReason;
import dev.seine.event.Passage;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Segment;
import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import java.util.List;

/** A correct trajectory that searched once, alone in the group of question {@code q<seq>}. */
public final class Searched {
    private Searched() {}

    /** That of question {@code q<seq>}. */
    public static ScoredTrajectory trajectory(long seq) {
        Passage passage = Passage.newBuilder()
                .setId("capital/France")
                .setTitle("France")
                .setText("The capital of France is Paris.")
                .setScore(1)
                .build();
        Trajectory trajectory = Trajectory.newBuilder()
                .setRolloutId("q" + seq + "@0#0")
                .setGroupId("q" + seq + "@0")
                .setGroupSize(1)
                .setRolloutIndex(0)
                .setQuestionId("q" + seq)
                .setQuestion("What is the capital of France?")
                .setAnswers(List.of("Paris"))
                .setSource("test")
                .setSeq(seq)
                .setDialect("r1-searcher++")
                .setPrompt("Question: What is the capital of France? Answer:")
                .setText(
                        "<external> capital of France </external> <document> (1) France: The capital of France is Paris."
                                + " </document> \\boxed{ Paris }")
                .setSegments(List.of(Segment.newBuilder()
                        .setKind(SegmentKind.DOCUMENTS)
                        .setStart(0)
                        .setEnd(0)
                        .setPassages(List.of(passage))
                        .build()))
                .setSearches(1)
                .setFinish(FinishReason.EOS)
                .setPolicy("test")
                .setAtMs(1)
                .build();
        return ScoredTrajectory.newBuilder(LogSample.scored(trajectory, 1))
                .setAnswer("Paris")
                .build();
    }
}
