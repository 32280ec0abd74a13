package dev.seine.streams;

import dev.seine.event.FinishReason;
import dev.seine.event.Passage;
import dev.seine.event.Segment;
import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import java.util.ArrayList;
import java.util.List;

/** Trajectories for tests: the question's accepted answer is "Paris". */
public final class Sample {
    private Sample() {}

    /** A well-formed trajectory of question q, epoch 0. */
    public static Trajectory.Builder rollout(int index, int groupSize, int searches, String answer) {
        return rollout("q", index, groupSize, searches, answer);
    }

    public static Trajectory.Builder rollout(String question, int index, int groupSize, int searches, String answer) {
        String group = question + "@0";
        return Trajectory.newBuilder()
                .setRolloutId(group + "#" + index)
                .setGroupId(group)
                .setGroupSize(groupSize)
                .setRolloutIndex(index)
                .setQuestionId(question)
                .setQuestion("What is the capital of France?")
                .setAnswers(List.of("Paris"))
                .setSource("test")
                .setSplit("train")
                .setSeq(7)
                .setEpoch(0)
                .setDialect("r1-searcher++")
                .setPrompt("Question: What is the capital of France? Answer:")
                .setText(text(searches, answer))
                .setSearches(searches)
                .setFinish(FinishReason.EOS)
                .setPolicy("test")
                .setAtMs(1000 + index);
    }

    /** The trajectory in another epoch. */
    public static Trajectory.Builder inEpoch(Trajectory.Builder rollout, int epoch) {
        String group = rollout.getQuestionId() + "@" + epoch;
        return rollout.setEpoch(epoch).setGroupId(group).setRolloutId(group + "#" + rollout.getRolloutIndex());
    }

    public static String text(int searches, String answer) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < searches; i++) {
            text.append("<external> capital of France </external>"
                    + " <document> (1) France: Its capital is Paris. (2) Spain: Its capital is Madrid. </document> ");
        }
        return text.append("\\boxed{ ").append(answer).append(" }").toString();
    }

    /** Gives the trajectory two prompt tokens, one for each documents block, and two sampled ones. */
    public static Trajectory.Builder withTokens(Trajectory.Builder rollout) {
        List<Segment> segments = new ArrayList<>();
        int written = 2 + rollout.getSearches();
        segments.add(segment(SegmentKind.PROMPT, 0, 2).build());
        for (int i = 2; i < written; i++) {
            segments.add(segment(SegmentKind.DOCUMENTS, i, i + 1).build());
        }
        segments.add(segment(SegmentKind.GENERATED, written, written + 2).build());
        List<Integer> tokens = new ArrayList<>();
        List<Boolean> sampled = new ArrayList<>();
        List<Float> logprobs = new ArrayList<>();
        for (int i = 0; i < written + 2; i++) {
            tokens.add(i);
            sampled.add(i >= written);
            logprobs.add(i >= written ? -0.5f : 0f);
        }
        return rollout.setTokens(tokens)
                .setSampled(sampled)
                .setLogprobs(logprobs)
                .setSegments(segments);
    }

    public static Segment.Builder segment(SegmentKind kind, int start, int end) {
        return Segment.newBuilder().setKind(kind).setStart(start).setEnd(end);
    }

    public static Passage passage(String id, String title, String text) {
        return Passage.newBuilder()
                .setId(id)
                .setTitle(title)
                .setText(text)
                .setScore(1)
                .build();
    }
}
