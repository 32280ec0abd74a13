package dev.seine.learner;

import dev.seine.event.ScoredTrajectory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * The numbers of an applied step. Rewards, searches and scores are means over every rollout consumed, trained or not; ratios, divergence
 * and entropy means over policy tokens; entropy in nats; group variance that of the total rewards, mean over the rollouts; speeds in
 * tokens of sequences per second.
 */
final class StepMetrics {
    /** The one metric that depends on the clock. */
    static final String SPEED = "tokens-per-second";

    private StepMetrics() {}

    static Map<String, Double> of(Selection selection, Update.Outcome outcome, int memorySize, long tookMs) {
        Map<String, Double> metrics = new TreeMap<>();
        rollouts(metrics, selection);
        texts(metrics, selection.consumed());
        losses(metrics, outcome);
        metrics.put("memory-buffer", (double) memorySize);
        metrics.put("tokens", (double) outcome.tokens());
        metrics.put(SPEED, outcome.tokens() * 1000.0 / Math.max(1, tookMs));
        return metrics;
    }

    private static void rollouts(Map<String, Double> metrics, Selection selection) {
        List<ScoredTrajectory> all = selection.consumed();
        metrics.put("rollouts", (double) all.size());
        metrics.put("trained", (double) selection.trained().size());
        selection.skipped().forEach((reason, ids) -> metrics.put("skipped-" + reason, (double) ids.size()));
        selection.staleness().forEach((versions, count) -> metrics.put("staleness-" + versions, (double) count));
        long rollouts = Math.max(1, all.size());
        metrics.put(
                "staleness-mean",
                selection.staleness().entrySet().stream()
                                .mapToDouble(e -> e.getKey() * (double) e.getValue())
                                .sum()
                        / rollouts);
        metrics.put(
                "staleness-max",
                selection.staleness().keySet().stream()
                        .mapToDouble(Long::doubleValue)
                        .max()
                        .orElse(0));
        mean(metrics, "reward", all, s -> s.getRewards().getTotal());
        mean(metrics, "reward-format", all, s -> s.getRewards().getFormat());
        mean(metrics, "reward-answer", all, s -> s.getRewards().getAnswer());
        mean(metrics, "reward-group", all, s -> s.getRewards().getGroup());
        mean(metrics, "reward-memory", all, s -> s.getRewards().getMemory());
        mean(metrics, "correct", all, s -> s.getCorrect() ? 1 : 0);
        mean(metrics, "em", all, ScoredTrajectory::getEm);
        mean(metrics, "cem", all, ScoredTrajectory::getCem);
        mean(metrics, "f1", all, ScoredTrajectory::getF1);
        mean(metrics, "searches", all, s -> s.getTrajectory().getSearches());
        mean(metrics, "length", all, s -> s.getTrajectory().getTokens().size());
        mean(metrics, "well-formed", all, s -> s.getViolations().isEmpty() ? 1 : 0);
    }

    private static void texts(Map<String, Double> metrics, List<ScoredTrajectory> all) {
        mean(metrics, "tag-errors", all, s -> s.getViolations().size());
        mean(metrics, "repetition", all, TextFigures::repetition);
        mean(metrics, "empty-reasoning", all, TextFigures::emptyReasoning);
        mean(metrics, "answer-words", all, TextFigures::answerWords);
        List<ScoredTrajectory> right =
                all.stream().filter(ScoredTrajectory::getCorrect).toList();
        List<ScoredTrajectory> wrong = all.stream().filter(s -> !s.getCorrect()).toList();
        mean(metrics, "searches-right", right, s -> s.getTrajectory().getSearches());
        mean(metrics, "searches-wrong", wrong, s -> s.getTrajectory().getSearches());
        mean(metrics, "group-variance", all, s -> s.getGroupStd() * s.getGroupStd());
        all.stream()
                .flatMap(s -> s.getRewards().getOther().keySet().stream())
                .distinct()
                .forEach(name -> mean(metrics, "reward-" + name, all, s -> s.getRewards()
                        .getOther()
                        .getOrDefault(name, 0.0)));
    }

    private static void losses(Map<String, Double> metrics, Update.Outcome outcome) {
        LossSums policy = outcome.policy();
        metrics.put(
                "loss",
                policy.loss() + outcome.memory().loss() + outcome.rehearsal().loss());
        metrics.put("loss-policy", policy.policy());
        metrics.put("loss-kl", policy.kl());
        metrics.put("loss-memory", outcome.memory().loss());
        metrics.put("loss-rehearsal", outcome.rehearsal().loss());
        metrics.put("nll-memory", outcome.memory().meanNll());
        metrics.put("nll-rehearsal", outcome.rehearsal().meanNll());
        metrics.put("grad-norm", outcome.gradNorm());
        metrics.put("lr", outcome.lr());
        metrics.put("updates-refused", (double) outcome.refused());
        metrics.put("ratio-mean", policy.perPolicyToken(policy.ratio()));
        metrics.put("ratio-max", policy.ratioMax());
        metrics.put("clip-fraction", policy.perPolicyToken(policy.stopped()));
        metrics.put("logprob-drift", policy.perPolicyToken(policy.drift()));
        metrics.put("logprob-drift-max", policy.driftMax());
        metrics.put("kl", policy.kl() == 0 ? 0 : policy.perPolicyToken(policy.divergence()));
        metrics.put("entropy", policy.perPolicyToken(policy.entropy()));
        metrics.put("tokens-policy", policy.policyTokens());
        metrics.put("tokens-memory", outcome.memory().likelihoodTokens());
        metrics.put("tokens-rehearsal", outcome.rehearsal().likelihoodTokens());
        metrics.put("padding", outcome.padding());
    }

    private static void mean(
            Map<String, Double> metrics,
            String name,
            List<ScoredTrajectory> all,
            ToDoubleFunction<ScoredTrajectory> value) {
        metrics.put(name, all.stream().mapToDouble(value).average().orElse(0));
    }
}
