package dev.seine.app;

import dev.seine.event.FinishReason;
import dev.seine.event.GroupClose;
import dev.seine.event.LearnerStep;
import dev.seine.event.Passage;
import dev.seine.event.Question;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.Rewards;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Segment;
import dev.seine.event.SegmentKind;
import dev.seine.event.StepPhase;
import dev.seine.event.Trajectory;
import dev.seine.topics.Event;
import dev.seine.topics.Topic;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** Hand-made events of question q&lt;n&gt;, epoch 0, whose rollouts search once; tokens are prompt, two sampled, one inserted, one sampled. */
public final class LogSample {
    private static long offset;

    private LogSample() {}

    public static <V extends SpecificRecord> Event<V> event(Topic<V> topic, String key, V value, long atMs) {
        return new Event<>(topic, 0, offset++, key, value, atMs);
    }

    public static Question question(long seq, int size) {
        return Question.newBuilder()
                .setId("q" + seq)
                .setText("question " + seq)
                .setAnswers(List.of("a"))
                .setSource("test")
                .setSeq(seq)
                .setGroupSize(size)
                .setAtMs(0)
                .build();
    }

    public static RetrievalRequest request(long seq, int index, int turn, String query) {
        String rollout = "q" + seq + "@0#" + index;
        return RetrievalRequest.newBuilder()
                .setRequestId(rollout + "/" + turn)
                .setQuestionId("q" + seq)
                .setRolloutId(rollout)
                .setTurn(turn)
                .setQuery(query)
                .setTopK(1)
                .setDeadlineMs(0)
                .setAtMs(0)
                .build();
    }

    public static Trajectory trajectory(long seq, int index, int size, int lastToken) {
        return trajectory(seq, index, size, lastToken, "\\boxed{ a }");
    }

    public static Trajectory trajectory(long seq, int index, int size, int lastToken, String text) {
        String group = "q" + seq + "@0";
        return Trajectory.newBuilder()
                .setRolloutId(group + "#" + index)
                .setGroupId(group)
                .setGroupSize(size)
                .setRolloutIndex(index)
                .setQuestionId("q" + seq)
                .setQuestion("question " + seq)
                .setAnswers(List.of("a"))
                .setSource("test")
                .setSeq(seq)
                .setDialect("r1-searcher++")
                .setPrompt("p")
                .setText(text)
                .setTokens(List.of(1, 2, 3, 4, lastToken))
                .setSampled(List.of(false, true, true, false, true))
                .setLogprobs(List.of(0f, -0.5f, -0.25f, 0f, -1f))
                .setSegments(List.of(
                        segment(SegmentKind.PROMPT, 0, 1).build(),
                        segment(SegmentKind.GENERATED, 1, 3).setPolicyVersion(0).build(),
                        segment(SegmentKind.DOCUMENTS, 3, 4)
                                .setQuery("capital")
                                .setStatus("OK")
                                .setPassages(List.of(new Passage("p1", "Title <b>", text, 1.0)))
                                .build(),
                        segment(SegmentKind.GENERATED, 4, 5).setPolicyVersion(0).build()))
                .setSearches(1)
                .setFinish(FinishReason.EOS)
                .setPolicy("policy")
                .setMinVersion(0)
                .setMaxVersion(0)
                .setAtMs(0)
                .build();
    }

    public static ScoredTrajectory scored(Trajectory trajectory, double reward) {
        return ScoredTrajectory.newBuilder()
                .setTrajectory(trajectory)
                .setRewards(new Rewards(0.0, reward, 0.0, 0.0, Map.of(), reward))
                .setEm(reward)
                .setCem(reward)
                .setF1(reward)
                .setAnswer("a")
                .setCorrect(reward > 0)
                .setAdvantage(reward - 0.5)
                .setGroupMean(0.5)
                .setGroupStd(0.5)
                .setGroupCount(trajectory.getGroupSize())
                .setClosedBy(GroupClose.COUNT)
                .setRecipe("test")
                .setRewardSha256("reward-sha-of-a-test")
                .build();
    }

    public static LearnerStep step(long step, StepPhase phase, List<String> trained) {
        return LearnerStep.newBuilder()
                .setPolicy("policy")
                .setStep(step)
                .setPhase(phase)
                .setStage("rl")
                .setVersionIn(step - 1)
                .setVersionOut(step)
                .setTrained(trained)
                .setAtMs(0)
                .build();
    }

    private static Segment.Builder segment(SegmentKind kind, int start, int end) {
        return Segment.newBuilder().setKind(kind).setStart(start).setEnd(end);
    }
}
