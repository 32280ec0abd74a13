package dev.seine.schemas;

import dev.seine.event.Question;

/** Tells the questions that somebody asks from those of training; both stand in one topic. */
public final class LiveQuestions {
    /** Source of a question that somebody waits for. */
    public static final String SOURCE = "live";

    private LiveQuestions() {}

    /** Whether it is one, or takes one back. Who trains leaves these alone, who answers takes only these. */
    public static boolean includes(Question question) {
        return question.getSource().equals(SOURCE);
    }
}
