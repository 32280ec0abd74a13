package dev.seine.app.train;

import dev.seine.event.FinishReason;
import dev.seine.event.GroupClose;
import dev.seine.event.Question;
import dev.seine.event.Rewards;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A policy that is a function; what it writes is right where it ends with the accepted answer. */
final class FakeSampler implements Sampler {
    /** What the policy writes; a text without a box is malformed, an empty one ran too long. */
    interface Policy {
        String write(String question, int epoch, int rollout);
    }

    private final Policy policy;
    int rollouts;

    FakeSampler(Policy policy) {
        this.policy = policy;
    }

    static Question question(String id) {
        return Question.newBuilder()
                .setId(id)
                .setText("What is " + id + "?")
                .setAnswers(List.of("yes"))
                .setSource("test")
                .setAtMs(0)
                .build();
    }

    /** A rollout of question q. */
    static ScoredTrajectory rollout(String group, long seq, int index, int size, int searches, String text) {
        boolean boxed = text.contains("\\boxed{");
        Trajectory trajectory = Trajectory.newBuilder()
                .setRolloutId(group + "#" + index)
                .setGroupId(group)
                .setGroupSize(size)
                .setRolloutIndex(index)
                .setQuestionId(group.replaceAll("@.*", ""))
                .setQuestion("Q?")
                .setAnswers(List.of("yes"))
                .setSource("test")
                .setSeq(seq)
                .setDialect("r1-searcher++")
                .setPrompt("Question: Q? Answer:")
                .setText(text)
                .setSearches(searches)
                .setFinish(text.isEmpty() ? FinishReason.LENGTH : FinishReason.EOS)
                .setPolicy("test")
                .setAtMs(0)
                .build();
        boolean right = text.endsWith("\\boxed{ yes }");
        return ScoredTrajectory.newBuilder()
                .setTrajectory(trajectory)
                .setRewards(new Rewards(0d, 0d, 0d, 0d, Map.of(), 0d))
                .setEm(right ? 1 : 0)
                .setCem(right ? 1 : 0)
                .setF1(right ? 1 : 0)
                .setAnswer(right ? "yes" : "no")
                .setCorrect(right)
                .setViolations(boxed ? List.of() : List.of("no answer"))
                .setAdvantage(0)
                .setGroupMean(0)
                .setGroupStd(0)
                .setGroupCount(size)
                .setClosedBy(GroupClose.COUNT)
                .setRecipe("test")
                .setRewardSha256("")
                .build();
    }

    @Override
    public List<ScoredTrajectory> sample(List<Question> questions, double temperature) {
        List<ScoredTrajectory> all = new ArrayList<>();
        for (Question question : questions) {
            for (int i = 0; i < question.getGroupSize(); i++) {
                String text = policy.write(question.getId(), question.getEpoch(), i);
                String group = question.getId() + "@" + question.getEpoch();
                all.add(rollout(group, 0, i, question.getGroupSize(), 0, text));
                rollouts++;
            }
        }
        return all;
    }

    @Override
    public Optional<String> problem(Question question) {
        return question.getId().startsWith("long") ? Optional.of(question.getId() + ": too long") : Optional.empty();
    }

    @Override
    public void close() {}
}
