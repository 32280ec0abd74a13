package dev.seine.learner;

import dev.seine.event.MemorySample;

/**
 * A memory sample as the learner keeps it.
 *
 * @param id the sample's id
 * @param question text of the question
 * @param dialect markup of the text
 * @param prompt text of the prompt
 * @param text what is to be remembered
 * @param fresh whether it has never been drawn
 * @param uncertain whether a fact in it was not known when it was last drawn
 */
record Recollection(
        String id, String question, String dialect, String prompt, String text, boolean fresh, boolean uncertain) {
    static Recollection of(MemorySample sample) {
        return new Recollection(
                sample.getSampleId(),
                sample.getQuestion(),
                sample.getDialect(),
                sample.getPrompt(),
                sample.getText(),
                true,
                false);
    }

    /** Equal keys say the same about the same question. */
    String key() {
        return question + "\n" + text;
    }

    Recollection drawn() {
        return new Recollection(id, question, dialect, prompt, text, false, uncertain);
    }

    Recollection found(boolean notKnown) {
        return new Recollection(id, question, dialect, prompt, text, fresh, notKnown);
    }
}
