package dev.seine.streams.feedback;

/** What becomes of feedback; the operator's choice. */
public enum FeedbackUse {
    /** It is joined and counted, and nothing is made of it. */
    IGNORE,
    /** Answers that people confirm or correct become training questions. */
    QUESTIONS,
    /**
     * As {@link #QUESTIONS}; besides, an answer that people call wrong stands in the question as refuted, for the reward
     * rule {@code not-refuted}, also where nobody knows the right one.
     */
    REWARD
}
