package dev.seine.producers.questions;

/**
 * Settings of the publisher.
 *
 * @param groupSize rollouts for each question
 * @param closedBook how many of them answer without search
 * @param questionsPerStep questions whose groups make up one learner step
 * @param maxStaleness learner steps that the publisher may run ahead; 0 is on-policy
 * @param steps learner steps to publish for; 0 goes on for ever
 * @param seed decides the order within each epoch
 * @param feedbackPerStep places of a step, at most, that questions from feedback may take
 */
public record PublisherConfig(
        int groupSize,
        int closedBook,
        int questionsPerStep,
        int maxStaleness,
        long steps,
        long seed,
        int feedbackPerStep) {
    /** Checks the ranges. */
    public PublisherConfig {
        atLeast("group-size", groupSize, 1);
        atLeast("closed-book", closedBook, 0);
        atLeast("questions-per-step", questionsPerStep, 1);
        atLeast("max-staleness", maxStaleness, 0);
        atLeast("steps", steps, 0);
        atLeast("feedback-per-step", feedbackPerStep, 0);
        if (closedBook > groupSize) {
            throw new IllegalArgumentException(
                    "publisher.closed-book must be at most the group size " + groupSize + ", got " + closedBook);
        }
    }

    /** Whether a question from feedback may stand at this place: the last ones of each step. */
    boolean freeForFeedback(long seq) {
        return questionsPerStep - seq % questionsPerStep <= feedbackPerStep;
    }

    /** First seq that may not be published yet, while the learner has made this many steps. */
    long admitted(long version) {
        long window = version + maxStaleness + 1;
        return (steps == 0 ? window : Math.min(window, steps)) * questionsPerStep;
    }

    private static void atLeast(String key, long got, long least) {
        if (got < least) {
            throw new IllegalArgumentException("publisher." + key + " must be at least " + least + ", got " + got);
        }
    }
}
