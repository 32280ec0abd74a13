package dev.seine.app.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.BiConsumer;

/**
 * Tells the known collapses from the metrics of the learner's steps: the last window of steps against the first, or against the best. A
 * pure function of metrics and configuration; docs/health.md has the rules in words.
 */
public final class HealthRules {
    private static final double COVER_GAP = 0.1;
    private static final double NO_GAIN = 0.02;
    private static final double SEARCH_GROWTH = 1.5;
    private static final double ALIKE = 0.9;
    private static final double SOLVED = 0.95;

    private HealthRules() {}

    /** All collapses that show at the last step; none before there are two windows. */
    public static List<Warning> of(SortedMap<Integer, Map<String, Double>> metrics, HealthConfig config) {
        Windows windows = new Windows(metrics, config.window());
        if (!windows.comparable()) {
            return List.of();
        }
        List<Warning> warnings = new ArrayList<>();
        BiConsumer<Collapse, String> warn =
                (collapse, figures) -> warnings.add(new Warning(metrics.lastKey(), collapse, figures));
        longAnswers(windows, config, warn);
        overSearch(windows, config, warn);
        formatCollapse(windows, config, warn);
        memorizationDominates(windows, config, warn);
        entropyCollapse(windows, config, warn);
        return List.copyOf(warnings);
    }

    private static void longAnswers(Windows w, HealthConfig config, BiConsumer<Collapse, String> warn) {
        double before = w.first("answer-words");
        double now = w.last("answer-words");
        double gap = w.last("cem") - w.last("em") - (w.first("cem") - w.first("em"));
        if (now >= config.answerGrowth() * before && now >= before + 1 && gap >= COVER_GAP) {
            warn.accept(
                    Collapse.LONG_ANSWERS,
                    text("answers of %.1f words, were %.1f; cover match gained %.2f on exact match", now, before, gap));
        }
    }

    private static void overSearch(Windows w, HealthConfig config, BiConsumer<Collapse, String> warn) {
        double before = w.first("searches");
        double now = w.last("searches");
        double gain = w.last("correct") - w.first("correct");
        if (now >= config.searches() && now >= SEARCH_GROWTH * before && gain <= NO_GAIN) {
            warn.accept(
                    Collapse.OVER_SEARCH,
                    text("%.2f searches a question, were %.2f; accuracy changed by %+.3f", now, before, gain));
        }
    }

    private static void formatCollapse(Windows w, HealthConfig config, BiConsumer<Collapse, String> warn) {
        double best = w.mean("well-formed", w.best("well-formed"));
        double now = w.last("well-formed");
        if (now <= best - config.wellFormedLoss()) {
            warn.accept(Collapse.FORMAT_COLLAPSE, text("%.2f of the rollouts well formed, were %.2f", now, best));
        }
    }

    private static void memorizationDominates(Windows w, HealthConfig config, BiConsumer<Collapse, String> warn) {
        int best = w.best("correct");
        double before = w.mean("correct", best);
        double searched = w.mean("searches", best);
        boolean memorizes = w.last("tokens-memory") > 0;
        if (memorizes && w.last("correct") <= before - config.accuracyLoss() && w.last("searches") <= searched / 2) {
            warn.accept(
                    Collapse.MEMORIZATION_DOMINATES,
                    text(
                            "accuracy %.2f with %.2f searches a question, was %.2f with %.2f; memorization loss %.3f",
                            w.last("correct"), w.last("searches"), before, searched, w.last("loss-memory")));
        }
    }

    private static void entropyCollapse(Windows w, HealthConfig config, BiConsumer<Collapse, String> warn) {
        double before = w.first("entropy", "tokens-policy");
        double now = w.last("entropy", "tokens-policy");
        double alike = w.last("skipped-no-variance") / Math.max(1, w.last("rollouts"));
        // Where nearly all is right, groups are alike for a good reason.
        boolean solved = w.last("correct") >= SOLVED;
        if (before > 0 && now <= config.entropyShare() * before && alike >= ALIKE && !solved) {
            warn.accept(
                    Collapse.ENTROPY_COLLAPSE,
                    text("entropy %.4f, was %.4f; %.2f of the rollouts in groups without signal", now, before, alike));
        }
    }

    private static String text(String format, Object... figures) {
        return String.format(Locale.ROOT, format, figures);
    }
}
