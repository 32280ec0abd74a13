package dev.seine.app.health;

/**
 * When to warn. All figures are means over a window of steps.
 *
 * @param window steps looked at together; warnings begin after two of them
 * @param stop whether a warning ends the run, with the best weights kept
 * @param answerGrowth factor by which answers must have grown, in words, for long-answers
 * @param searches searches a question from which over-search is possible
 * @param wellFormedLoss share of well-formed rollouts lost since the best window, for format-collapse
 * @param accuracyLoss accuracy lost since the best window, for memorization-dominates
 * @param entropyShare share of the first window's entropy below which entropy-collapse is possible
 */
public record HealthConfig(
        int window,
        boolean stop,
        double answerGrowth,
        double searches,
        double wellFormedLoss,
        double accuracyLoss,
        double entropyShare) {
    /** Checks the ranges. */
    public HealthConfig {
        require(window >= 1, "window", "at least 1", window);
        require(answerGrowth > 1, "answer-growth", "above 1", answerGrowth);
        require(searches >= 0, "searches", "at least 0", searches);
        share("well-formed-loss", wellFormedLoss);
        share("accuracy-loss", accuracyLoss);
        share("entropy-share", entropyShare);
    }

    private static void share(String key, double value) {
        require(value > 0 && value <= 1, key, "above 0 and at most 1", value);
    }

    private static void require(boolean holds, String key, String expected, Object got) {
        if (!holds) {
            throw new IllegalArgumentException("health." + key + " must be " + expected + ", got " + got);
        }
    }
}
