package dev.seine.producers.generator;

/**
 * What an answer generator is doing.
 *
 * @param version weights that most answers begin with; -1 before the first
 * @param queued questions that wait for a slot
 * @param active answers being written
 * @param finished answers finished so far
 * @param failed answers that ended without one, those withdrawn included
 * @param continued answers taken over in the middle
 * @param tokens tokens sampled so far
 */
public record AnswerCounts(
        long version, int queued, int active, long finished, long failed, long continued, long tokens) {
    static final AnswerCounts NONE = new AnswerCounts(-1, 0, 0, 0, 0, 0, 0);
}
