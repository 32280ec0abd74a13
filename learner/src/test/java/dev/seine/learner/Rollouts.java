package dev.seine.learner;

import dev.seine.event.FinishReason;
import dev.seine.event.GroupClose;
import dev.seine.event.MemorySample;
import dev.seine.event.Rewards;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.topics.Event;
import dev.seine.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Hand-made scored trajectories. */
final class Rollouts {
    static final String TOKENIZER = "tokenizer-sha";

    private Rollouts() {}

    /** A group whose rewards are given; rollouts are {@code q<seq>@0#<index>}, tokens differ by index. */
    static List<ScoredTrajectory> group(long seq, long version, String tokenizer, double... rewards) {
        double mean = 0;
        for (double reward : rewards) {
            mean += reward / rewards.length;
        }
        double variance = 0;
        for (double reward : rewards) {
            variance += (reward - mean) * (reward - mean) / rewards.length;
        }
        List<ScoredTrajectory> group = new ArrayList<>();
        for (int i = 0; i < rewards.length; i++) {
            group.add(ScoredTrajectory.newBuilder()
                    .setTrajectory(trajectory(seq, i, rewards.length, version, tokenizer)
                            .build())
                    .setRewards(new Rewards(0.0, rewards[i], 0.0, 0.0, Map.of(), rewards[i]))
                    .setEm(rewards[i] > 0 ? 1 : 0)
                    .setCem(rewards[i] > 0 ? 1 : 0)
                    .setF1(rewards[i] > 0 ? 1 : 0)
                    .setAnswer("a")
                    .setCorrect(rewards[i] > 0)
                    .setAdvantage(rewards[i] - mean)
                    .setGroupMean(mean)
                    .setGroupStd(Math.sqrt(variance))
                    .setGroupCount(rewards.length)
                    .setClosedBy(GroupClose.COUNT)
                    .setRecipe("test")
                    .setRewardSha256("reward-sha")
                    .build());
        }
        return group;
    }

    static Trajectory.Builder trajectory(long seq, int index, int size, long version, String tokenizer) {
        String group = "q" + seq + "@0";
        int own = 3 + (int) ((seq + index) % 5);
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
                .setText("t")
                .setTokens(List.of(1, 2, own, 4, own, 5))
                .setSampled(List.of(false, false, true, false, true, true))
                .setLogprobs(List.of(0f, 0f, -2.3f, 0f, -2.4f, -2.5f))
                .setTemperature(1f)
                .setSearches(index)
                .setFinish(FinishReason.EOS)
                .setPolicy("policy")
                .setMinVersion(version)
                .setMaxVersion(version)
                .setTokenizerSha256(tokenizer)
                .setAtMs(0);
    }

    /** The first member of a group of four, changed. */
    static ScoredTrajectory changed(Consumer<Trajectory.Builder> change) {
        Trajectory.Builder builder = trajectory(0, 0, 4, 0, TOKENIZER);
        change.accept(builder);
        return ScoredTrajectory.newBuilder(group(0, 0, TOKENIZER, 1, 0, 0, 0).get(0))
                .setTrajectory(builder.build())
                .build();
    }

    static Event<ScoredTrajectory> event(int partition, long offset, ScoredTrajectory scored) {
        return new Event<>(
                Topics.SCORED_TRAJECTORIES,
                partition,
                offset,
                scored.getTrajectory().getGroupId(),
                scored,
                0);
    }

    /** A complete group as it lies in the log from this offset on. */
    static Group grouped(List<ScoredTrajectory> scored) {
        List<Event<ScoredTrajectory>> events = new ArrayList<>();
        for (int i = 0; i < scored.size(); i++) {
            events.add(event(0, i, scored.get(i)));
        }
        ScoredTrajectory first = scored.get(0);
        return new Group(
                first.getTrajectory().getGroupId(), first.getTrajectory().getSeq(), first.getGroupCount(), 0, events);
    }

    static MemorySample memory(String id, String question, String text) {
        return MemorySample.newBuilder()
                .setSampleId(id)
                .setQuestionId(question)
                .setGroupId(question + "@0")
                .setRolloutId(question + "@0#0")
                .setQuestion(question)
                .setAnswers(List.of("a"))
                .setDialect("r1-searcher++")
                .setPrompt("Question: " + question + " Answer:")
                .setText(text)
                .setRewriter("rules")
                .build();
    }
}
