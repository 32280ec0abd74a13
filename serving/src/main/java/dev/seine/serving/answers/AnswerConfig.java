package dev.seine.serving.answers;

import java.time.Duration;

/**
 * Settings of the answers.
 *
 * @param deadline of an answer from its question on
 * @param maxQuestionChars longest question
 * @param maxOpen answers under way at once
 * @param kept answers that can be asked for later, those under way included
 */
public record AnswerConfig(Duration deadline, int maxQuestionChars, int maxOpen, int kept) {
    /** Checks the ranges. */
    public AnswerConfig {
        check(deadline.toMillis() >= 1, "deadline", "at least 1 ms", deadline);
        check(maxQuestionChars >= 1, "max-question-chars", "at least 1", maxQuestionChars);
        check(maxOpen >= 1, "max-open", "at least 1", maxOpen);
        check(kept >= maxOpen, "kept", "at least max-open " + maxOpen, kept);
    }

    private static void check(boolean right, String key, String expected, Object got) {
        if (!right) {
            throw new IllegalArgumentException("serve.answers." + key + " must be " + expected + ", got " + got);
        }
    }
}
