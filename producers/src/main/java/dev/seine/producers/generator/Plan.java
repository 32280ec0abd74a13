package dev.seine.producers.generator;

import dev.seine.event.Question;
import java.util.List;

/**
 * A rollout to be written.
 *
 * @param origin where its question comes from
 * @param index place in the group
 * @param prompt text of the prompt
 * @param promptTokens the prompt's tokens; shared by the group, never changed
 * @param seed of its random numbers
 * @param bannedTokens tokens it may not sample, such as the one that opens a search
 * @param untilSearch whether they are banned only until the first search has ended; such a rollout cannot be trained on
 */
@SuppressWarnings("ArrayRecordComponent") // a group shares one array, the engine takes arrays
record Plan(
        Origin origin,
        Question question,
        int index,
        String prompt,
        int[] promptTokens,
        long seed,
        List<Integer> bannedTokens,
        boolean untilSearch) {
    String groupId() {
        return question.getId() + "@" + question.getEpoch();
    }

    String rolloutId() {
        return groupId() + "#" + index;
    }

    /** Whether its question bounds what is sampled. */
    boolean limited() {
        return question.getMaxTokens() > 0;
    }

    /** The same with other tokens banned. */
    Plan banning(List<Integer> tokens, boolean untilFirstSearch) {
        return new Plan(origin, question, index, prompt, promptTokens, seed, tokens, untilFirstSearch);
    }
}
