package dev.seine.app.replay;

import dev.seine.event.Rewards;
import dev.seine.event.ScoredTrajectory;
import dev.seine.streams.reward.RewardConfig;
import dev.seine.streams.reward.RewardSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A reward by part, each with the rule that gave it.
 *
 * @param rewards those that are known to have been used; rules are named only for trajectories that carry its checksum
 */
record RewardLines(Optional<RewardSchedule> rewards) {

    List<String> of(ScoredTrajectory scored, boolean colours) {
        Rewards parts = scored.getRewards();
        Optional<RewardConfig> rules = rewards.stream()
                .flatMap(schedule -> Stream.of(schedule.first(), schedule.rest()))
                .filter(c -> c.sha256().equals(scored.getRewardSha256()))
                .findFirst();
        List<String> lines = new ArrayList<>();
        lines.add("reward %+.4f = group mean %+.4f %+.4f advantage (recipe %s, configuration %.12s)"
                .formatted(
                        parts.getTotal(),
                        scored.getGroupMean(),
                        scored.getAdvantage(),
                        Ink.harmless(scored.getRecipe()),
                        scored.getRewardSha256()));
        lines.add(part("format", parts.getFormat(), rules.map(c -> "rule " + c.formatRule()), format(scored)));
        String verdict = scored.getCorrect() ? Ink.GOOD.on("right", colours) : Ink.BAD.on("wrong", colours);
        lines.add(part(
                "answer",
                parts.getAnswer(),
                rules.map(c -> "rule " + c.answerRule()),
                verdict + " '" + Ink.harmless(scored.getAnswer())
                        + "', em %.0f, cem %.0f, f1 %.2f".formatted(scored.getEm(), scored.getCem(), scored.getF1())));
        lines.add(part(
                "group",
                parts.getGroup(),
                rules.map(c -> "min(%.3g * std(searches)^%.3g, %.3g)"
                        .formatted(c.groupScale(), c.groupExponent(), c.groupClip())),
                "for the fewest searches among the right ones"));
        lines.add(part(
                "memory",
                parts.getMemory(),
                rules.map(c -> "%.3g * (fewest before - searches) / fewest before".formatted(c.memoryKappa())),
                "for fewer searches than ever before on the question"));
        parts.getOther()
                .forEach((name, value) -> lines.add(
                        part(name, value, rules.map(c -> "weight " + c.extra().get(name)), "")));
        return lines;
    }

    private static String format(ScoredTrajectory scored) {
        return scored.getViolations().isEmpty()
                ? "well formed"
                : Ink.harmless(String.join("; ", scored.getViolations()));
    }

    private static String part(String name, double value, Optional<String> rule, String why) {
        return String.format(
                Locale.ROOT,
                "  %-8s %+.4f  %s%s",
                name,
                value,
                rule.map(r -> "[" + r + "] ").orElse(""),
                why);
    }
}
