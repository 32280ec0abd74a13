package dev.seine.serving;

import dev.seine.serving.answers.AnswerConfig;
import dev.seine.serving.http.HttpConfig;

/**
 * Settings of the answer service and of the generators that write its answers.
 *
 * @param slots answers that one engine writes at once
 * @param engines of a generator: one more than there are weights to serve at once, at least 2
 * @param maxQueued questions without a slot beyond which a generator reads no more
 * @param whileTraining whether a training run answers live questions too
 * @param temperature of sampling, where the asker names none; 0 is greedy
 */
public record ServeConfig(
        HttpConfig http,
        AnswerConfig answers,
        int slots,
        int engines,
        int maxQueued,
        boolean whileTraining,
        double temperature) {
    /** Checks the ranges. */
    public ServeConfig {
        check(slots >= 1, "slots", "at least 1", slots);
        check(engines >= 2, "engines", "at least 2", engines);
        check(maxQueued >= 1, "max-queued", "at least 1", maxQueued);
        check(temperature >= 0 && temperature <= 2, "temperature", "0 to 2", temperature);
    }

    private static void check(boolean right, String key, String expected, Object got) {
        if (!right) {
            throw new IllegalArgumentException("serve." + key + " must be " + expected + ", got " + got);
        }
    }
}
