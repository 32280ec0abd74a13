package dev.seine.app.promote;

import java.util.Optional;

/** Whether a version may serve: a pure function of what it and the one before it achieved on the same questions. */
public final class Gate {
    /** Figures are means: differences below this are rounding. */
    private static final double ROUNDING = 1e-9;

    private Gate() {}

    /**
     * What came of it.
     *
     * @param cause in words, with the figures compared
     */
    public record Outcome(boolean passed, String cause) {}

    /**
     * Judges a candidate.
     *
     * @param serving figures of the version that serves; empty if none does
     */
    public static Outcome judge(Figures candidate, Optional<Figures> serving, PromotionConfig config) {
        if (candidate.accuracy() < config.leastAccuracy() - ROUNDING) {
            return new Outcome(false, candidate + ": below the least accuracy of " + config.leastAccuracy());
        }
        if (serving.isEmpty()) {
            return new Outcome(true, candidate + "; nothing served before");
        }
        String compared = candidate + " against " + serving.get();
        if (candidate.accuracy() < serving.get().accuracy() - config.accuracyMargin() - ROUNDING) {
            return new Outcome(false, compared + ": accuracy lost beyond the margin of " + config.accuracyMargin());
        }
        if (candidate.searches() > serving.get().searches() + config.searchesMargin() + ROUNDING) {
            return new Outcome(false, compared + ": more searches than the margin of " + config.searchesMargin());
        }
        return new Outcome(true, compared);
    }
}
