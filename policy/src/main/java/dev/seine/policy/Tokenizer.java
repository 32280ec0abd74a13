package dev.seine.policy;

import java.nio.file.Path;
import java.util.Set;

/** Text to token ids and back, as a Hugging Face {@code tokenizer.json} says. Safe for use by several threads. */
public interface Tokenizer extends AutoCloseable {
    /** Token ids of a text; nothing is added at its ends and nothing is cut. */
    int[] encode(String text);

    /**
     * Text of token ids. Special tokens are kept. For a word-level vocabulary words are joined by single spaces, except that there is none
     * before <code>. , ? ! ; : )</code> and after {@code (} where these are tokens of their own.
     */
    String decode(int[] ids);

    /**
     * The id of a token.
     *
     * @throws IllegalArgumentException if the vocabulary has no such token
     */
    int id(String token);

    /** Number of ids, special tokens included: ids are 0 .. vocabSize - 1. */
    int vocabSize();

    /** Id of the token that ends a text. */
    int eos();

    /** Ids of all tokens that end a text, {@link #eos} among them. */
    default Set<Integer> endTokens() {
        return Set.of(eos());
    }

    /** Id of the token that fills rows of unequal length. */
    int pad();

    /** SHA-256 of the file, in lower-case hexadecimal. */
    String sha256();

    @Override
    void close();

    /**
     * Reads a {@code tokenizer.json}. End and padding tokens are taken from a {@code tokenizer_config.json} beside it, or else are the first
     * known of {@code <eos> <|im_end|> <|eot_id|> <|end_of_text|> <|endoftext|> </s>} and {@code <pad> <|endoftext|> <|finetune_right_pad_id|>},
     * padding falling back to the end token. A {@code generation_config.json} beside it may name further end tokens, and a {@code config.json} more
     * rows than there are tokens: ids up to its {@code vocab_size} have no text.
     */
    static Tokenizer load(Path tokenizerJson) {
        return FileTokenizer.load(tokenizerJson);
    }
}
