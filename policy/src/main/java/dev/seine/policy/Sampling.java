package dev.seine.policy;

import java.util.Set;
import java.util.stream.IntStream;

/**
 * How a sequence is written.
 *
 * @param temperature divides the scores; 0 takes the best token
 * @param topP share of the probability, from the best token downwards, that may be drawn; 1 is all
 * @param seed of the sequence's random numbers: the same seed and weights give the same tokens, whatever else is written beside it
 * @param maxTokens largest number of prompt, sampled and inserted tokens together
 * @param endTokens tokens that end the sequence
 * @param stopTokens tokens after which the sequence pauses
 * @param bannedTokens tokens never to be drawn; the others' probabilities are scaled to sum to 1
 */
@SuppressWarnings("ArrayRecordComponent") // ids travel as arrays, a batch holds thousands
public record Sampling(
        float temperature,
        float topP,
        long seed,
        int maxTokens,
        Set<Integer> endTokens,
        Set<Integer> stopTokens,
        int[] bannedTokens) {
    /** With one token that ends the sequence. */
    public Sampling(
            float temperature,
            float topP,
            long seed,
            int maxTokens,
            int eos,
            Set<Integer> stopTokens,
            int[] bannedTokens) {
        this(temperature, topP, seed, maxTokens, Set.of(eos), stopTokens, bannedTokens);
    }

    /** Checks the ranges. */
    public Sampling {
        if (!(temperature >= 0) || Float.isInfinite(temperature)) {
            throw new IllegalArgumentException("sampling.temperature must be at least 0, got " + temperature);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("sampling.top-p must be above 0 and at most 1, got " + topP);
        }
        if (maxTokens < 2) {
            throw new IllegalArgumentException("sampling.max-tokens must be at least 2, got " + maxTokens);
        }
        endTokens = Set.copyOf(endTokens);
        stopTokens = Set.copyOf(stopTokens);
        bannedTokens = IntStream.of(bannedTokens).distinct().toArray();
    }

    /** Number of distinct banned tokens. */
    int banned() {
        return bannedTokens.length;
    }
}
