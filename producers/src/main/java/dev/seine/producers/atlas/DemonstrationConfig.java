package dev.seine.producers.atlas;

/**
 * How the cold-start demonstrations behave. They are mixed on purpose: a policy that only ever saw one way of answering
 * has nothing to choose from when reinforcement learning starts.
 *
 * @param count demonstrations to write
 * @param recallShare chance that a fact of the cold start is recalled rather than searched
 * @param verifyShare chance that a recalled fact is searched as well
 * @param repeatShare chance that a search is made twice
 * @param fictionShare share of demonstrations with invented facts, which can only be answered by reading the passages;
 *     the names of held-out entities occur in these alone, never with a true fact
 * @param topK passages shown for a search
 * @param unpromptedShare of the searched answers of a base policy that open their first search themselves; {@link BaseDemonstrations}
 */
public record DemonstrationConfig(
        int count,
        double recallShare,
        double verifyShare,
        double repeatShare,
        double fictionShare,
        int topK,
        double unpromptedShare) {
    /** Checks the ranges. */
    public DemonstrationConfig {
        require(count >= 1, "demonstrations.count must be at least 1, got " + count);
        require(topK >= 1, "demonstrations.top-k must be at least 1, got " + topK);
        share("recall-share", recallShare);
        share("verify-share", verifyShare);
        share("repeat-share", repeatShare);
        share("fiction-share", fictionShare);
        share("unprompted-share", unpromptedShare);
    }

    private static void share(String name, double value) {
        require(value >= 0 && value <= 1, "demonstrations." + name + " must be between 0 and 1, got " + value);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
