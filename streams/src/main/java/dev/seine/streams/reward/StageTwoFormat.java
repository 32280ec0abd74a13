package dev.seine.streams.reward;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The format rule of R1-Searcher's stage 2 (Qwen) as its public code has it; arXiv 2503.05592. */
final class StageTwoFormat {
    private static final String DOCUMENTS = "<|begin_of_documents|>";
    private static final String DOCUMENTS_END = "<|end_of_documents|>";
    private static final List<String> MARKERS = List.of(
            DOCUMENTS + "\n",
            DOCUMENTS_END + "\n\n",
            "<|begin_of_query|>",
            "<|end_of_query|>",
            DOCUMENTS,
            DOCUMENTS_END,
            DOCUMENTS + "\n(1)");

    private StageTwoFormat() {}

    static Optional<String> answer(String text) {
        int open = text.indexOf("<answer>");
        int close = open < 0 ? -1 : text.indexOf("</answer>", open);
        return close < 0 ? Optional.empty() : Optional.of(text.substring(open + "<answer>".length(), close));
    }

    static List<String> violations(String text, int maxAnswerWords) {
        List<String> violations = new ArrayList<>();
        List<Integer> counts =
                MARKERS.stream().map(marker -> count(text, marker)).toList();
        if (counts.stream().distinct().count() > 1) {
            violations.add("expected each of the seven query and documents markers equally often, got " + counts);
        }
        if (text.contains("Assistant") || text.contains("assistant")) {
            violations.add("the word 'assistant'");
        }
        expect(violations, text, "<think>", 0);
        expect(violations, text, "</think>", 1);
        expect(violations, text, "<answer>", 1);
        expect(violations, text, "</answer>", 1);
        answer(text).ifPresent(answer -> checkAnswer(violations, answer, maxAnswerWords));
        withoutDocuments(text)
                .codePoints()
                .filter(c -> c >= 0x4E00 && c <= 0x9FFF)
                .findFirst()
                .ifPresent(c ->
                        violations.add(String.format(Locale.ROOT, "CJK ideograph U+%04X outside the documents", c)));
        return violations;
    }

    private static void checkAnswer(List<String> violations, String answer, int maxAnswerWords) {
        if (answer.contains("begin_of_query") || answer.contains("begin_of_documents")) {
            violations.add("query or documents marker inside the answer");
        }
        int words = Words.count(answer);
        if (words > maxAnswerWords) {
            violations.add("expected an answer of at most " + maxAnswerWords + " words, got " + words);
        }
    }

    private static void expect(List<String> violations, String text, String marker, int expected) {
        int got = count(text, marker);
        if (got != expected) {
            violations.add("expected " + expected + " " + marker + ", got " + got);
        }
    }

    private static int count(String text, String marker) {
        int count = 0;
        for (int at = text.indexOf(marker); at >= 0; at = text.indexOf(marker, at + marker.length())) {
            count++;
        }
        return count;
    }

    private static String withoutDocuments(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        int open = text.indexOf(DOCUMENTS);
        while (open >= 0) {
            int close = text.indexOf(DOCUMENTS_END, open);
            if (close < 0) {
                break;
            }
            out.append(text, from, open);
            from = close + DOCUMENTS_END.length();
            open = text.indexOf(DOCUMENTS, from);
        }
        return out.append(text, from, text.length()).toString();
    }
}
