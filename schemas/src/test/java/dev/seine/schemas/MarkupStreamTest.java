package dev.seine.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MarkupStreamTest {
    private record Told(String thinking, String answer) {}

    /** What is told of a text that comes in pieces of up to this many chars. */
    private static Told read(Dialect dialect, String text, SplittableRandom random, int longest) {
        MarkupStream stream = new MarkupStream(dialect);
        StringBuilder thinking = new StringBuilder();
        StringBuilder answer = new StringBuilder();
        for (int end = 0; end < text.length(); ) {
            end = Math.min(text.length(), end + 1 + random.nextInt(longest));
            stream.read(text.substring(0, end));
            thinking.append(stream.thinking());
            answer.append(stream.answer());
        }
        return new Told(thinking.toString(), answer.toString());
    }

    static Stream<Long> seeds() {
        return IntStream.range(0, 60).mapToObj(Long::valueOf);
    }

    @Test
    void theAnswerIsToldWithoutItsTagsAndTheQueryIsNot() {
        String text =
                "I think <internal> Iceland </internal> <external> currency of Iceland </external> so \\boxed{ the króna }.";
        Told told = read(Dialect.R1_SEARCHER_PP, text, new SplittableRandom(1), 1);
        assertThat(told.answer()).isEqualTo("the króna");
        assertThat(told.thinking()).isEqualTo("I think Iceland so .");
    }

    @Test
    void bracesInsideABoxBelongToTheAnswer() {
        assertThat(read(Dialect.R1_SEARCHER_PP, "\\boxed{ a {b} \\} c } d", new SplittableRandom(1), 1)
                        .answer())
                .isEqualTo("a {b} \\} c");
    }

    @Test
    void aSecondAnswerCountsAsThinking() {
        Told told = read(Dialect.R1_SEARCHER, "<answer>one</answer><answer>two</answer>", new SplittableRandom(1), 3);
        assertThat(told).isEqualTo(new Told("two", "one"));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverThePiecesTheSameIsTold(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String text = junk(random);
        for (Dialect dialect : Dialect.values()) {
            assertThat(read(dialect, text, random, 9)).isEqualTo(read(dialect, text, random, 1));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noTagIsEverTold(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String text = junk(random);
        for (Dialect dialect : Dialect.values()) {
            Told told = read(dialect, text, random, 5);
            for (MarkupParser.Tag tag : MarkupParser.tags(dialect)) {
                assertThat(told.thinking()).doesNotContain(tag.literal());
                assertThat(told.answer()).doesNotContain(tag.literal());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void ofAWellFormedTextTheAnswerIsTheParsers(Dialect dialect) {
        List<Span> spans = List.of(
                new Span.Text("let me see", 0, 0),
                new Span.Query("capital of Norway", 0, 0),
                new Span.Text("it is", 0, 0),
                new Span.Answer("Oslo, a city", 0, 0));
        String text = Markup.render(dialect, spans);
        assertThat(read(dialect, text, new SplittableRandom(3), 4).answer())
                .isEqualTo(Markup.parse(dialect, text).answer().orElseThrow());
    }

    private static String junk(SplittableRandom random) {
        List<String> parts = new ArrayList<>(
                List.of("<", "\\", "}", "{", "\\b", "oxed{", "<inter", "nal>", "a", " b ", "\u0000", "< 3"));
        for (Dialect dialect : Dialect.values()) {
            MarkupParser.tags(dialect).forEach(tag -> parts.add(tag.literal()));
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            text.append(parts.get(random.nextInt(parts.size())));
        }
        return text.toString();
    }
}
