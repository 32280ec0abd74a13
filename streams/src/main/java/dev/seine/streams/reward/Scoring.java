package dev.seine.streams.reward;

import dev.seine.event.GroupClose;
import dev.seine.event.Rewards;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Rewards and advantages of a closed group: a pure function of the group, the question's memory and the configuration.
 * The order of the group's trajectories does not matter. Safe for use by many threads.
 */
public final class Scoring {
    private final RewardConfig config;
    private final AnswerRule answerRule;
    private final FormatRule formatRule;
    private final Map<String, RewardRule> extra = new TreeMap<>();
    private final String sha256;

    /** Scoring by this configuration. */
    public Scoring(RewardConfig config) {
        this.config = config;
        this.answerRule = AnswerRule.of(config.answerRule());
        this.formatRule = FormatRule.of(config.formatRule());
        this.sha256 = config.sha256();
        Map<String, RewardRule> known = config.extra().isEmpty() ? Map.of() : RewardRules.all();
        config.extra().keySet().forEach(name -> extra.put(name, known.get(name)));
    }

    /** Scores one group once. */
    public static ScoredGroup score(List<Trajectory> group, OptionalInt fewestSearches, RewardConfig config) {
        return new Scoring(config).score(group, fewestSearches);
    }

    /**
     * Scores a group.
     *
     * @param group the trajectories of one group, at least one
     * @param fewestSearches fewest searches with which the question was ever answered correctly, if it was
     */
    public ScoredGroup score(List<Trajectory> group, OptionalInt fewestSearches) {
        return scoreRollouts(group.stream().map(Rollout::of).toList(), fewestSearches);
    }

    /** The same for rollouts that are parsed already. */
    public ScoredGroup scoreRollouts(List<Rollout> group, OptionalInt fewestSearches) {
        List<Judgement> judgements = group.stream()
                .sorted(Comparator.comparingInt(rollout -> rollout.trajectory().getRolloutIndex()))
                .map(this::judge)
                .toList();
        double[] bonuses = GroupReward.of(judgements, config);
        double[] memories = MemoryReward.of(judgements, fewestSearches, config);
        List<Rewards> rewards = new ArrayList<>();
        for (int i = 0; i < judgements.size(); i++) {
            rewards.add(rewards(judgements.get(i), bonuses[i], memories[i]));
        }
        Spread spread =
                Spread.of(rewards.stream().mapToDouble(Rewards::getTotal).toArray());
        List<ScoredTrajectory> scored = new ArrayList<>();
        for (int i = 0; i < judgements.size(); i++) {
            scored.add(scored(judgements.get(i), rewards.get(i), spread, judgements.size()));
        }
        return new ScoredGroup(scored, MemoryReward.after(judgements, fewestSearches));
    }

    private Judgement judge(Rollout rollout) {
        Optional<String> answer = rollout.statedAnswer().or(() -> formatRule.answer(rollout));
        Match match = answer.map(text -> Match.best(text, rollout.trajectory().getAnswers()))
                .orElse(Match.NONE);
        String text = answer.orElse("").strip();
        List<String> violations = formatRule.violations(rollout, config);
        Map<String, Double> other = new TreeMap<>();
        extra.forEach((name, rule) -> other.put(name, weighted(rule, rollout)));
        return new Judgement(
                rollout,
                text,
                match,
                violations,
                violations.isEmpty() ? 0 : config.formatPenalty(),
                answerRule.reward(match, text, config),
                answerRule.correct(match, text, config),
                other);
    }

    private double weighted(RewardRule rule, Rollout rollout) {
        double weight = Objects.requireNonNull(config.extra().get(rule.name()), rule::name);
        double reward = weight * rule.reward(rollout, config);
        if (!Double.isFinite(reward)) {
            throw new IllegalStateException("reward rule '" + rule.name() + "' must give a finite reward, got " + reward
                    + " for " + rollout.trajectory().getRolloutId());
        }
        return reward;
    }

    private static Rewards rewards(Judgement judgement, double group, double memory) {
        double total = judgement.format() + judgement.reward() + group + memory;
        for (double part : judgement.other().values()) {
            total += part;
        }
        return Rewards.newBuilder()
                .setFormat(judgement.format())
                .setAnswer(judgement.reward())
                .setGroup(group)
                .setMemory(memory)
                .setOther(judgement.other())
                .setTotal(total)
                .build();
    }

    private ScoredTrajectory scored(Judgement judgement, Rewards rewards, Spread spread, int count) {
        Trajectory trajectory = judgement.rollout().trajectory();
        return ScoredTrajectory.newBuilder()
                .setTrajectory(trajectory)
                .setRewards(rewards)
                .setEm(judgement.match().em())
                .setCem(judgement.match().cem())
                .setF1(judgement.match().f1())
                .setAnswer(judgement.answer())
                .setCorrect(judgement.correct())
                .setViolations(judgement.violations())
                .setAdvantage(rewards.getTotal() - spread.mean())
                .setGroupMean(spread.mean())
                .setGroupStd(spread.std())
                .setGroupCount(count)
                .setClosedBy(count == trajectory.getGroupSize() ? GroupClose.COUNT : GroupClose.DEADLINE)
                .setRecipe(config.recipe())
                .setRewardSha256(sha256)
                .build();
    }
}
