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
 */
public record PublisherConfig(
        int groupSize, int closedBook, int questionsPerStep, int maxStaleness, long steps, long seed) {
    /** Checks the ranges. */
    public PublisherConfig {
        atLeast("group-size", groupSize, 1);
        atLeast("closed-book", closedBook, 0);
        atLeast("questions-per-step", questionsPerStep, 1);
        atLeast("max-staleness", maxStaleness, 0);
        atLeast("steps", steps, 0);
        if (closedBook > groupSize) {
            throw new IllegalArgumentException(
                    "publisher.closed-book must be at most the group size " + groupSize + ", got " + closedBook);
        }
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
