package dev.seine.learner;

/**
 * A memory sample without its question. A small network ties a fact to the question that it was looked up for and does not know it when asked
 * otherwise; without the question only what names the fact is left to tie it to.
 */
final class Unprompted {
    private Unprompted() {}

    /** Of the prompt the first and the last token are left; only what is recalled is trained: without a question there is no choice to learn. */
    static Sequence of(Sequence sample, Confidence.Tags tags) {
        int prompt = 0;
        while (prompt < sample.tokens().length && !sample.trained()[prompt]) {
            prompt++;
        }
        int gone = Math.max(0, prompt - 2);
        int[] tokens = new int[sample.tokens().length - gone];
        boolean[] trained = new boolean[tokens.length];
        boolean recalling = false;
        for (int i = 0; i < tokens.length; i++) {
            int from = i == 0 ? 0 : i + gone;
            tokens[i] = sample.tokens()[from];
            trained[i] = recalling && sample.trained()[from];
            recalling = tokens[i] == tags.recall() || (recalling && tokens[i] != tags.recalled());
        }
        return Sequence.likelihood(sample.id(), tokens, trained);
    }
}
