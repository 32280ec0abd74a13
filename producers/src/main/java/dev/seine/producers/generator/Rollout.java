package dev.seine.producers.generator;

import dev.seine.event.FinishReason;

/**
 * The life of a rollout. {@link Transitions} holds the arrows:
 *
 * <pre>
 * Queued            -- a slot is free -----------------------> Writing
 * Writing           -- query closed -------------------------> AwaitingPassages
 *                   -- query closed, but empty --------------> Writing (after a block that says nothing was found)
 *                   -- query closed, one search too many ----> Finished SEARCH_LIMIT
 *                   -- end token, token limit ---------------> Finished EOS, LENGTH
 * AwaitingPassages  -- passages -----------------------------> Writing
 *                   -- passages that leave no room ----------> Finished LENGTH
 *                   -- search failed, search too late -------> Finished ERROR, TIMEOUT
 * any but Finished  -- too old, engine error ----------------> Finished TIMEOUT, ERROR
 * </pre>
 */
sealed interface Rollout {
    Plan plan();

    /** Waits for a slot. */
    record Queued(Plan plan) implements Rollout {}

    /** Holds a slot. */
    sealed interface Active extends Rollout {
        Transcript transcript();

        /** When it got its slot, in milliseconds. */
        long startedAt();

        /** When it came into its present state, in milliseconds. */
        long since();
    }

    /** The policy samples. */
    record Writing(Plan plan, Transcript transcript, long startedAt, long since) implements Active {}

    /** The policy is paused until the search is answered. */
    record AwaitingPassages(Plan plan, Transcript transcript, long startedAt, long since, Search search)
            implements Active {}

    /** It is over. */
    record Finished(Plan plan, Transcript transcript, long startedAt, long endedAt, FinishReason finish, String error)
            implements Rollout {}

    /**
     * A search under way.
     *
     * @param deadline when it is given up, in milliseconds
     */
    record Search(String requestId, int turn, String query, long deadline) {}
}
