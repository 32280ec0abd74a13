package dev.seine.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.seine.event.Passage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkupPropertyTest {
    private static final List<String> HOSTILE = List.of(
            "<internal>",
            "</internal>",
            "<external>",
            "</external>",
            "<document>",
            "</document>",
            "\\boxed{",
            "}",
            "{",
            "<|begin_of_query|>",
            "<|end_of_query|>",
            "<|begin_of_documents|>",
            "<|end_of_documents|>",
            "<think>",
            "</think>",
            "<answer>",
            "</answer>",
            "<|im_end|>",
            "<",
            ">",
            "|",
            "\\",
            "/",
            "(1)",
            "\n",
            " ",
            "word",
            "é",
            "\uD83D",
            "\uDE00",
            "\u0000",
            "\uFFFD",
            "<unk>",
            "boxed{",
            "<exter",
            "nal>",
            "\\box",
            "ed{");

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void renderedSpansAreReadAsTheyWere(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Span> spans = randomSpans(random);
        Parsed parsed = Markup.parse(Dialect.R1_SEARCHER_PP, Markup.render(Dialect.R1_SEARCHER_PP, spans));
        assertThat(parsed.violations()).isEmpty();
        assertThat(shape(parsed.spans())).isEqualTo(shape(spans));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noPassageChangesTheStructure(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Passage> passages = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            passages.add(Passage.newBuilder()
                    .setId("p" + i)
                    .setTitle(hostile(random, 5))
                    .setText(hostile(random, 30))
                    .setScore(0)
                    .build());
        }
        int bound = 100 + random.nextInt(400);
        for (Dialect dialect : Dialect.values()) {
            String block = Markup.documents(dialect, passages, bound);
            assertThat(block).hasSizeLessThanOrEqualTo(bound);
            String text = dialect.queryOpen() + " q " + dialect.queryClose() + block
                    + (dialect == Dialect.R1_SEARCHER ? "</think>" : "") + dialect.answerOpen() + " a "
                    + dialect.answerClose();
            Parsed parsed = Markup.parse(dialect, text);
            assertThat(parsed.violations()).isEmpty();
            assertThat(parsed.spans()).hasSize(3);
            assertThat(parsed.answer()).contains("a");
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void sanitisedTextHasNoStructureHoweverItIsPutTogether(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String once = Markup.sanitise(hostile(random, 30));
        String joined = once + Markup.sanitise(hostile(random, 30));
        assertThat(Markup.sanitise(once)).isEqualTo(once);
        for (Dialect dialect : Dialect.values()) {
            assertThat(Markup.parse(dialect, joined).spans()).allMatch(Span.Text.class::isInstance);
        }
        assertThat(joined).doesNotContain("<|", "</", "\\boxed{", "<think", "<unk", "\u0000");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noTextBreaksTheParser(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String text = hostile(random, 60);
        for (Dialect dialect : Dialect.values()) {
            int at = 0;
            for (Span span : Markup.parse(dialect, text).spans()) {
                assertThat(span.start()).isGreaterThanOrEqualTo(at);
                assertThat(span.end()).isBetween(span.start(), text.length());
                at = span.end();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<internal>",
                "<document>",
                "</document>",
                "\\boxed{",
                "{",
                "\\boxed{}",
                "<external></external>",
                "<",
                "\uD800",
                "<think>",
                "<answer>"
            })
    void aTextOfManyRepeatsIsReadAtOnce(String piece) {
        String text = piece.repeat(400_000 / piece.length());
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            for (Dialect dialect : Dialect.values()) {
                Parsed parsed = Markup.parse(dialect, text);
                assertThat(parsed.wellFormed()).isFalse();
                assertThat(parsed.violations()).hasSizeLessThanOrEqualTo(17);
            }
            assertThat(Markup.sanitise(text)).hasSize(text.length());
        });
    }

    @ParameterizedTest
    @EnumSource
    void allTagsOfADialectAreNeutralised(Dialect dialect) {
        List<String> tags = List.of(
                dialect.internalOpen(),
                dialect.internalClose(),
                dialect.queryOpen(),
                dialect.queryClose(),
                dialect.documentsOpen(),
                dialect.documentsClose(),
                dialect.answerOpen());
        for (String tag : tags) {
            if (!tag.isEmpty()) {
                assertThat(Markup.sanitise("x" + tag + "y")).doesNotContain(tag);
            }
        }
    }

    private static List<Span> randomSpans(SplittableRandom random) {
        List<Span> spans = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            Span last = spans.isEmpty() ? null : spans.get(spans.size() - 1);
            switch (random.nextInt(3)) {
                case 0 -> {
                    spans.add(new Span.Query(words(random), 0, 0));
                    spans.add(new Span.Documents("(1) " + words(random) + "\n(2) " + words(random), 0, 0));
                }
                case 1 -> spans.add(new Span.Internal(words(random), 0, 0));
                default -> {
                    // Two neighbouring free texts would be read as one.
                    if (!(last instanceof Span.Text)) {
                        spans.add(new Span.Text(words(random), 0, 0));
                    }
                }
            }
        }
        spans.add(new Span.Answer(words(random) + (random.nextBoolean() ? " {x{y}}" : ""), 0, 0));
        return spans;
    }

    private static String words(SplittableRandom random) {
        StringBuilder text = new StringBuilder("w");
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(random.nextBoolean() ? " " : "").append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private static String hostile(SplittableRandom random, int pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(pieces + 1); i > 0; i--) {
            text.append(HOSTILE.get(random.nextInt(HOSTILE.size())));
        }
        return text.toString();
    }

    private static List<String> shape(List<Span> spans) {
        return spans.stream()
                .map(span -> span.getClass().getSimpleName() + ":" + span.text())
                .toList();
    }
}
