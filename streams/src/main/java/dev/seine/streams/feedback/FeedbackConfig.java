package dev.seine.streams.feedback;

import java.time.Duration;

/**
 * Settings of feedback.
 *
 * @param use what becomes of it
 * @param window from the end of an answer: later feedback is refused
 * @param maxCorrectionChars longest corrected answer
 * @param maxCommentChars longest comment
 * @param perStep questions of a learner step that may come from feedback
 */
public record FeedbackConfig(
        FeedbackUse use, Duration window, int maxCorrectionChars, int maxCommentChars, int perStep) {
    /** Longest that either text may be set to. */
    private static final int LONGEST = 10_000;

    /** Checks the ranges. */
    public FeedbackConfig {
        check(window.toSeconds() >= 1, "window", "at least 1s", window);
        check(
                maxCorrectionChars >= 1 && maxCorrectionChars <= 1_000,
                "max-correction-chars",
                "1 to 1000",
                maxCorrectionChars);
        check(
                maxCommentChars >= 0 && maxCommentChars <= LONGEST,
                "max-comment-chars",
                "0 to " + LONGEST,
                maxCommentChars);
        check(perStep >= 0, "per-step", "at least 0", perStep);
    }

    private static void check(boolean right, String key, String expected, Object got) {
        if (!right) {
            throw new IllegalArgumentException("feedback." + key + " must be " + expected + ", got " + got);
        }
    }
}
