package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.policy.Tokenizer;
import dev.seine.schemas.Dialect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextEncoderTest {
    private static final String PROMPT = "Question: what is q1 Answer:";

    @TempDir
    Path dir;

    private Tokenizer tokenizer;

    @BeforeEach
    void start() {
        tokenizer = Words.tokenizer(dir);
    }

    @AfterEach
    void stop() {
        tokenizer.close();
    }

    @Test
    void promptAndDocumentsStayOutOfTheLossAndTheEndTokenIsInIt() {
        String text = "<external> q1 </external> <document> q1 is a1 </document> \\boxed{ a1 }";
        assertThat(trained(text)).containsExactly("<external>", "q1", "</external>", "\\boxed{", "a1", "}", "<eos>");
    }

    @Test
    void twoBlocksAreBothLeftOut() {
        String text = "<document> q1 </document> a1 <document> q3 </document> \\boxed{ a1 }";
        assertThat(trained(text)).containsExactly("a1", "\\boxed{", "a1", "}", "<eos>");
    }

    @Test
    void aBlockThatIsNotClosedReachesToTheEnd() {
        assertThat(trained("a1 <document> q1 is a1")).containsExactly("a1");
    }

    @Test
    void theTokensAreThoseOfTheWholeText() {
        String text = "<external> q1 </external> <document> q1 is a1 </document> \\boxed{ a1 }";
        int[] whole = tokenizer.encode(PROMPT + " " + text + " <eos>");
        assertThat(encode(text).tokens()).isEqualTo(whole);
    }

    @Test
    void whatIsTooLongIsRefused() {
        assertThat(new TextEncoder(tokenizer, 8).encode("a", Dialect.R1_SEARCHER_PP, PROMPT, "a1 a1 a1"))
                .isEmpty();
    }

    private List<String> trained(String text) {
        Sequence sequence = encode(text);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < sequence.tokens().length; i++) {
            if (sequence.trained()[i]) {
                words.add(tokenizer.decode(new int[] {sequence.tokens()[i]}));
            }
        }
        return words;
    }

    private Sequence encode(String text) {
        return new TextEncoder(tokenizer, 100)
                .encode("a", Dialect.R1_SEARCHER_PP, PROMPT, text)
                .orElseThrow();
    }
}
