package dev.seine.streams.feedback;

import dev.seine.event.Feedback;
import dev.seine.event.Question;
import java.util.List;
import java.util.Optional;

/** The question that feedback teaches: a pure function of what was asked, answered and said. */
final class Lesson {
    /** Source and split of such questions. */
    static final String SOURCE = "feedback";

    private Lesson() {}

    /** The question; empty if nothing is to be learned from this feedback under this use. */
    static Optional<Question> of(FeedbackUse use, String asked, String answered, Feedback feedback) {
        if (use == FeedbackUse.IGNORE || asked.isBlank()) {
            return Optional.empty();
        }
        List<String> right =
                switch (feedback.getVerdict()) {
                    case RIGHT -> named(answered);
                    case CORRECTED -> named(feedback.getCorrection());
                    case WRONG, COMMENT -> List.of();
                };
        List<String> wrong =
                switch (feedback.getVerdict()) {
                    case WRONG, CORRECTED -> use == FeedbackUse.REWARD ? named(answered) : List.of();
                    case RIGHT, COMMENT -> List.of();
                };
        if (right.isEmpty() && wrong.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Question.newBuilder()
                .setId(SOURCE + "-" + feedback.getAnswerId())
                .setText(asked)
                .setAnswers(right)
                .setRefuted(wrong)
                .setSource(SOURCE)
                .setSplit(SOURCE)
                .setAtMs(feedback.getAtMs())
                .build());
    }

    private static List<String> named(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip());
    }
}
