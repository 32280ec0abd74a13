package dev.seine.producers.generator;

import dev.seine.schemas.Dialect;
import java.time.Duration;

/**
 * Settings of the generator.
 *
 * @param slots rollouts written at once
 * @param maxQueued rollouts waiting for a slot beyond which no more questions are read
 * @param temperature sampling temperature; 0 is greedy
 * @param topP share of the probability that may be drawn; 1 is all
 * @param maxTokens largest number of tokens of a rollout, prompt and documents included
 * @param maxSearches searches of a rollout; one more ends it
 * @param topK passages wanted for a search
 * @param searchTimeout wait for passages after which the rollout ends
 * @param rolloutTimeout age after which a rollout ends, from its start on
 * @param maxFailures failures of the engine, or of the process that has taken it over, in a turn of a rollout that end the rollout; before, it
 *     goes on from its last turn, the last time with nothing beside it
 * @param promptTemplate text of the prompt, with {@code {question}} where the question goes
 * @param dialect id of the markup
 * @param maxPassageChars longest text of a passage shown
 * @param maxDocumentsChars longest documents block
 */
public record GeneratorConfig(
        int slots,
        int maxQueued,
        double temperature,
        double topP,
        int maxTokens,
        int maxSearches,
        int topK,
        Duration searchTimeout,
        Duration rolloutTimeout,
        int maxFailures,
        String promptTemplate,
        String dialect,
        int maxPassageChars,
        int maxDocumentsChars) {
    /** Where the question goes in the template. */
    public static final String QUESTION = "{question}";

    /** Checks the ranges. */
    public GeneratorConfig {
        check(slots >= 1, "slots", "at least 1", slots);
        check(maxQueued >= 1, "max-queued", "at least 1", maxQueued);
        check(temperature >= 0 && temperature <= 100, "temperature", "0 to 100", temperature);
        check(topP > 0 && topP <= 1, "top-p", "above 0 and at most 1", topP);
        check(maxTokens >= 2, "max-tokens", "at least 2", maxTokens);
        check(maxSearches >= 0, "max-searches", "at least 0", maxSearches);
        check(topK >= 1, "top-k", "at least 1", topK);
        check(searchTimeout.toMillis() >= 1, "search-timeout", "at least 1 ms", searchTimeout);
        check(rolloutTimeout.toMillis() >= 1, "rollout-timeout", "at least 1 ms", rolloutTimeout);
        check(maxFailures >= 1, "max-failures", "at least 1", maxFailures);
        check(promptTemplate.contains(QUESTION), "prompt-template", "a text with " + QUESTION, promptTemplate);
        check(maxPassageChars >= 1, "max-passage-chars", "at least 1", maxPassageChars);
        check(maxDocumentsChars >= 100, "max-documents-chars", "at least 100", maxDocumentsChars);
        Dialect.of(dialect);
    }

    /** The papers' settings at this size, with the atlas prompt. */
    public static GeneratorConfig defaults(int slots, int maxTokens) {
        return new GeneratorConfig(
                slots,
                2 * slots,
                1.0,
                1.0,
                maxTokens,
                8,
                5,
                Duration.ofMinutes(3),
                Duration.ofMinutes(10),
                3,
                "Question: {question} Answer:",
                Dialect.R1_SEARCHER_PP.id(),
                1_000,
                4_000);
    }

    /** The same at another temperature. */
    public GeneratorConfig withTemperature(double other) {
        return with(slots, maxQueued, other, promptTemplate);
    }

    /** The same with another prompt. */
    public GeneratorConfig withPrompt(String template) {
        return with(slots, maxQueued, temperature, template);
    }

    /** The same for so many rollouts at once. */
    public GeneratorConfig withSlots(int others, int queued) {
        return with(others, queued, temperature, promptTemplate);
    }

    private GeneratorConfig with(int otherSlots, int otherQueued, double otherTemperature, String otherTemplate) {
        return new GeneratorConfig(
                otherSlots,
                otherQueued,
                otherTemperature,
                topP,
                maxTokens,
                maxSearches,
                topK,
                searchTimeout,
                rolloutTimeout,
                maxFailures,
                otherTemplate,
                dialect,
                maxPassageChars,
                maxDocumentsChars);
    }

    /** The markup. */
    public Dialect markup() {
        return Dialect.of(dialect);
    }

    private static void check(boolean right, String key, String expected, Object got) {
        if (!right) {
            throw new IllegalArgumentException("generator." + key + " must be " + expected + ", got " + got);
        }
    }
}
