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
 * @param bannedTokens tokens it may not sample: search switched off
 */
@SuppressWarnings("ArrayRecordComponent") // a group shares one array, the engine takes arrays
record Plan(
        Origin origin,
        Question question,
        int index,
        String prompt,
        int[] promptTokens,
        long seed,
        List<Integer> bannedTokens) {
    String groupId() {
        return question.getId() + "@" + question.getEpoch();
    }

    String rolloutId() {
        return groupId() + "#" + index;
    }
}
