package dev.seine.app.report;

import java.util.List;

/**
 * What a policy wrote for one question.
 *
 * @param answers the accepted ones
 * @param given the answer it gave; {@code ""} if none
 * @param finish why it ended
 */
public record Example(
        String id,
        String question,
        List<String> answers,
        List<Segment> segments,
        String given,
        boolean correct,
        int searches,
        String finish) {

    public Example {
        answers = List.copyOf(answers);
        segments = List.copyOf(segments);
    }

    /** What a stretch of text is. */
    public enum Kind {
        TEXT("Reasoning"),
        INTERNAL("Recalled"),
        QUERY("Searched"),
        DOCUMENTS("Retrieved"),
        ANSWER("Answer");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** For readers. */
        String label() {
            return label;
        }
    }

    /** A stretch of text without its tags. */
    public record Segment(Kind kind, String text) {}
}
