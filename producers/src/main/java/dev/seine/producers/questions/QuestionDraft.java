package dev.seine.producers.questions;

import java.util.List;

/**
 * A question before it is published.
 *
 * @param id identity, unique within its source
 * @param text the question
 * @param answers accepted answers, at least one
 * @param source where it comes from, such as the file's name
 * @param split part of the data set; empty if it has none
 * @param hops facts to be chained; 0 if unknown
 */
public record QuestionDraft(String id, String text, List<String> answers, String source, String split, int hops) {
    /** Longest question in characters. */
    public static final int MAX_TEXT = 4_000;
    /** Longest answer in characters. */
    public static final int MAX_ANSWER = 1_000;
    /** Most answers. */
    public static final int MAX_ANSWERS = 200;
    /** Longest id in characters. */
    public static final int MAX_ID = 200;

    /** Checks that the question can be asked and judged. */
    public QuestionDraft {
        answers = List.copyOf(answers);
        check(
                !id.isBlank() && id.length() <= MAX_ID,
                "id must have 1 to " + MAX_ID + " characters, got " + id.length());
        check(id.chars().noneMatch(Character::isISOControl), "id must not have control characters");
        check(!text.isBlank(), "question is missing or empty");
        check(
                text.length() <= MAX_TEXT,
                "question must have at most " + MAX_TEXT + " characters, got " + text.length());
        check(!answers.isEmpty(), "answer is missing or empty");
        check(answers.size() <= MAX_ANSWERS, "at most " + MAX_ANSWERS + " answers, got " + answers.size());
        for (String answer : answers) {
            check(!answer.isBlank(), "an answer is empty");
            check(
                    answer.length() <= MAX_ANSWER,
                    "an answer must have at most " + MAX_ANSWER + " characters, got " + answer.length());
        }
        check(hops >= 0, "hops must not be negative, got " + hops);
    }

    private static void check(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
