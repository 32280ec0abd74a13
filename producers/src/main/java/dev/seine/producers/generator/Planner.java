package dev.seine.producers.generator;

import dev.seine.event.Question;
import dev.seine.policy.Tokenizer;
import dev.seine.producers.Seeds;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Turns a question into the rollouts of its group. */
final class Planner {
    private static final int MOST_ROLLOUTS = 4096;

    private final GeneratorConfig config;
    private final Tokenizer tokenizer;
    private final long seed;
    private final List<Integer> searchTokens;
    private final List<Integer> otherTokens;

    Planner(GeneratorConfig config, Tokenizer tokenizer, long seed) {
        this.config = config;
        this.tokenizer = tokenizer;
        this.seed = seed;
        this.searchTokens = List.of(tokenizer.id(config.markup().queryOpen()));
        this.otherTokens = otherActions(config.markup(), tokenizer);
    }

    /** What begins any action but a search, as far as it is a token of its own. */
    private static List<Integer> otherActions(Dialect dialect, Tokenizer tokenizer) {
        List<Integer> ids = new ArrayList<>(tokenizer.endTokens());
        for (String tag : List.of(dialect.internalOpen(), dialect.answerOpen())) {
            int[] tokens = tag.isEmpty() ? new int[0] : tokenizer.encode(tag);
            if (tokens.length == 1) {
                ids.add(tokens[0]);
            }
        }
        return List.copyOf(ids);
    }

    /** As {@link #plan(Question, Origin)}, but all rollouts with or without search, where the mode says so. */
    List<Plan> plan(Question question, Origin origin, SearchMode mode) {
        List<Plan> group = plan(question, origin);
        return switch (mode) {
            case FREE -> group;
            case NEVER ->
                group.stream().map(p -> p.banning(searchTokens, false)).toList();
            case ALWAYS -> group.stream().map(p -> p.banning(otherTokens, true)).toList();
        };
    }

    /**
     * The rollouts of a group, the last {@code closedBook} of them without search. Seeds depend on the run, question,
     * epoch and index only.
     *
     * @throws IllegalArgumentException if the question cannot be used; the message says why
     */
    List<Plan> plan(Question question, Origin origin) {
        check(!question.getId().isBlank(), "question id is empty");
        check(!question.getText().isBlank(), question.getId() + ": text is empty");
        int size = question.getGroupSize();
        check(
                size >= 1 && size <= MOST_ROLLOUTS,
                question.getId() + ": group size must be 1 to " + MOST_ROLLOUTS + ", got " + size);
        int open = size - question.getClosedBook();
        check(
                open >= 0 && open <= size,
                question.getId() + ": closed book must be 0 to " + size + ", got " + question.getClosedBook());
        check(
                question.getMaxTokens() >= 0,
                question.getId() + ": max tokens must be at least 0, got " + question.getMaxTokens());
        String prompt = config.promptTemplate().replace(GeneratorConfig.QUESTION, Markup.sanitise(question.getText()));
        int[] tokens = tokenizer.encode(prompt);
        check(
                tokens.length > 0 && tokens.length < config.maxTokens(),
                question.getId() + ": prompt must have 1 to " + (config.maxTokens() - 1) + " tokens, got "
                        + tokens.length);
        return IntStream.range(0, size)
                .mapToObj(index -> new Plan(
                        origin,
                        question,
                        index,
                        prompt,
                        tokens,
                        Seeds.derive(seed, question.getId(), question.getEpoch(), index),
                        index < open ? List.of() : searchTokens,
                        false))
                .toList();
    }

    private static void check(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
