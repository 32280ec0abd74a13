package dev.seine.learner;

import dev.seine.policy.Tokenizer;
import dev.seine.schemas.Dialect;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Tokens of a prompt and of the text that follows it, closed by the end token. The prompt and every documents block, its tags included,
 * stay out of the loss; a block that is not closed reaches to the end. Pieces are encoded one by one, as the generator does, so that a
 * block's tokens cannot run together with what the policy wrote.
 */
final class TextEncoder {
    private final Tokenizer tokenizer;
    private final int maxTokens;

    /**
     * @param maxTokens longest sequence the network takes
     */
    TextEncoder(Tokenizer tokenizer, int maxTokens) {
        this.tokenizer = tokenizer;
        this.maxTokens = maxTokens;
    }

    /** The sequence; empty if it is too long or has nothing to train. */
    Optional<Sequence> encode(String id, Dialect dialect, String prompt, String text) {
        Draft draft = new Draft();
        draft.add(tokenizer.encode(prompt), false);
        int at = 0;
        boolean closed = true;
        while (at < text.length() && closed) {
            int open = text.indexOf(dialect.documentsOpen(), at);
            int from = open < 0 ? text.length() : open;
            draft.add(tokenizer.encode(text.substring(at, from)), true);
            int close = text.indexOf(dialect.documentsClose(), from);
            closed = open < 0 || close >= 0;
            at = closed && open >= 0 ? close + dialect.documentsClose().length() : text.length();
            draft.add(tokenizer.encode(text.substring(from, at)), false);
        }
        if (closed) {
            draft.add(new int[] {tokenizer.eos()}, true);
        }
        Sequence sequence = Sequence.likelihood(id, draft.tokens, draft.trained);
        boolean usable = draft.tokens.length <= maxTokens && sequence.trainedTokens() > 0;
        return usable ? Optional.of(sequence) : Optional.empty();
    }

    private static final class Draft {
        private int[] tokens = {};
        private boolean[] trained = {};

        void add(int[] more, boolean inLoss) {
            int before = tokens.length;
            tokens =
                    IntStream.concat(Arrays.stream(tokens), Arrays.stream(more)).toArray();
            trained = Arrays.copyOf(trained, tokens.length);
            Arrays.fill(trained, before, tokens.length, inLoss);
        }
    }
}
