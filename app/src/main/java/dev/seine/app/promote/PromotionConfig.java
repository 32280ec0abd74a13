package dev.seine.app.promote;

import java.time.Duration;

/**
 * Settings of the gate that new weights pass before they serve.
 *
 * @param every learner steps between two candidates; 0 decides at the end of training only
 * @param questions held-out questions asked of each, the first of every set
 * @param accuracyMargin accuracy that a candidate may lose against the version that serves
 * @param searchesMargin searches a question that it may make more
 * @param leastAccuracy accuracy that every candidate needs
 * @param canaryShare share of the live questions that a candidate which has passed answers first; 0 lets it serve at once
 * @param canaryFor how long it does so before it serves; 0 leaves that to an operator
 */
public record PromotionConfig(
        int every,
        int questions,
        double accuracyMargin,
        double searchesMargin,
        double leastAccuracy,
        double canaryShare,
        Duration canaryFor) {
    /** Checks the ranges. */
    public PromotionConfig {
        check(every >= 0, "every", "at least 0", every);
        check(questions >= 1, "questions", "at least 1", questions);
        check(accuracyMargin >= 0 && accuracyMargin <= 1, "accuracy-margin", "0 to 1", accuracyMargin);
        check(searchesMargin >= 0 && Double.isFinite(searchesMargin), "searches-margin", "at least 0", searchesMargin);
        check(leastAccuracy >= 0 && leastAccuracy <= 1, "least-accuracy", "0 to 1", leastAccuracy);
        check(canaryShare >= 0 && canaryShare < 1, "canary-share", "0 to less than 1", canaryShare);
        check(!canaryFor.isNegative(), "canary-for", "at least 0s", canaryFor);
    }

    private static void check(boolean right, String key, String expected, Object got) {
        if (!right) {
            throw new IllegalArgumentException("promotion." + key + " must be " + expected + ", got " + got);
        }
    }
}
