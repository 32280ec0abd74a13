package dev.seine.producers.generator;

import dev.seine.event.FinishReason;
import dev.seine.event.RetrievalRequest;

/**
 * The life of a rollout. {@link Transitions} holds the arrows:
 *
 * <pre>
 * Queued            -- a slot is free -----------------------> Writing
 *                   -- its generators died too often --------> Finished ERROR
 * Writing           -- query closed -------------------------> AwaitingPassages
 *                   -- query closed, but empty --------------> Writing (after a block that says nothing was found)
 *                   -- query closed, one search too many ----> Finished SEARCH_LIMIT
 *                   -- end token, token limit ---------------> Finished EOS, LENGTH
 * AwaitingPassages  -- passages -----------------------------> Writing
 *                   -- passages that leave no room ----------> Finished LENGTH
 *                   -- search failed, search too late -------> Finished ERROR, TIMEOUT
 * AwaitingPassages  -- passages, but the slot was elsewhere --> Queued (it was taken over from another generator)
 * Writing           -- engine error -------------------------> Queued (before the segment at hand), or Finished ERROR
 * any but Finished  -- too old ------------------------------> Finished TIMEOUT
 * </pre>
 */
sealed interface Rollout {
    Plan plan();

    /**
     * Waits for a slot.
     *
     * @param transcript what it goes on from: the prompt, or the passages it waited for
     * @param startedAt when it first got a slot, in milliseconds; -1 if it never had one
     */
    record Queued(Plan plan, Transcript transcript, long startedAt) implements Rollout {
        static Queued fresh(Plan plan) {
            return new Queued(plan, Transcript.of(plan.promptTokens()), -1);
        }
    }

    /** Holds a slot. */
    sealed interface Active extends Rollout {
        Transcript transcript();

        /** When it first got a slot, in milliseconds. */
        long startedAt();

        /** When it is given up, in milliseconds; time in which nobody had it does not count. */
        long deadline();

        /** When it came into its present state, in milliseconds. */
        long since();
    }

    /** The policy samples. */
    record Writing(Plan plan, Transcript transcript, long startedAt, long deadline, long since) implements Active {}

    /** The policy is paused until the search is answered. */
    record AwaitingPassages(Plan plan, Transcript transcript, long startedAt, long deadline, long since, Search search)
            implements Active {
        /** The search as an event, without what stands of the rollout. */
        RetrievalRequest.Builder request(int topK) {
            return RetrievalRequest.newBuilder()
                    .setRequestId(search.requestId())
                    .setQuestionId(plan.question().getId())
                    .setRolloutId(plan.rolloutId())
                    .setTurn(search.turn())
                    .setQuery(search.query())
                    .setTopK(topK)
                    .setDeadlineMs(search.deadline())
                    .setAtMs(since);
        }
    }

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
