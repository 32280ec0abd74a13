package dev.seine.streams.reward;

import dev.seine.schemas.Span;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The further parts by name: two of R1-Searcher's stage 1, one for answers that people called wrong, and those that users bring. */
final class RewardRules {
    private RewardRules() {}

    /** All rules that there are. */
    static Map<String, RewardRule> all() {
        Map<String, RewardRule> rules = new TreeMap<>();
        add(rules, rule("well-formed-search", RewardRules::searched));
        add(rules, rule("well-formed-tags", RewardRules::tagged));
        add(rules, rule("not-refuted", RewardRules::notRefuted));
        ServiceLoader.load(RewardRule.class).forEach(rule -> add(rules, rule));
        return rules;
    }

    /**
     * Fails unless there is a rule of each name.
     *
     * @throws IllegalArgumentException naming those there are
     */
    static void check(Collection<String> names) {
        if (names.isEmpty()) {
            return;
        }
        Set<String> known = all().keySet();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("reward.extra must name one of " + known + ", got '" + name + "'");
            }
        }
    }

    private static void add(Map<String, RewardRule> rules, RewardRule rule) {
        RewardRule earlier = rules.put(rule.name(), rule);
        if (earlier != null) {
            throw new IllegalStateException("two reward rules are named '" + rule.name() + "': "
                    + earlier.getClass().getName() + " and " + rule.getClass().getName());
        }
    }

    private static boolean searched(Rollout rollout) {
        return rollout.parsed().spans().stream()
                .anyMatch(span -> span instanceof Span.Query && !span.text().isEmpty());
    }

    /** Where nothing is refuted there is nothing to be gained. */
    private static boolean notRefuted(Rollout rollout) {
        List<String> refuted = rollout.trajectory().getRefuted();
        return !refuted.isEmpty()
                && rollout.parsed()
                        .answer()
                        .filter(answer -> Match.best(answer, refuted).em() == 0)
                        .isPresent();
    }

    private static boolean tagged(Rollout rollout) {
        String text = rollout.trajectory().getText();
        int think = text.indexOf("</think>");
        int open = text.indexOf("<answer>");
        int close = text.indexOf("</answer>");
        return !text.contains("<think>")
                && 0 <= think
                && think < open
                && open < close
                && think == text.lastIndexOf("</think>")
                && open == text.lastIndexOf("<answer>")
                && close == text.lastIndexOf("</answer>");
    }

    private static RewardRule rule(String name, Predicate<Rollout> condition) {
        return new RewardRule() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public double reward(Rollout rollout, RewardConfig config) {
                return condition.test(rollout) ? 1 : 0;
            }
        };
    }
}
