package dev.seine.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.event.Passage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkupTest {
    private static final String GOOD = "<internal> Reykjavik is in Iceland. </internal>"
            + " <external> currency of Iceland </external>"
            + " <document> (1) Iceland: Icelandic Króna. </document> \\boxed{ Icelandic Króna }";

    @Test
    void aTrajectoryHasItsPartsInOrder() {
        Parsed parsed = plus(GOOD);
        assertThat(parsed.violations()).isEmpty();
        assertThat(parsed.wellFormed()).isTrue();
        assertThat(parsed.searches()).isEqualTo(1);
        assertThat(parsed.answer()).contains("Icelandic Króna");
        assertThat(parsed.spans())
                .extracting(Span::text)
                .containsExactly(
                        "Reykjavik is in Iceland.",
                        "currency of Iceland",
                        "(1) Iceland: Icelandic Króna.",
                        "Icelandic Króna");
        for (Span span : parsed.spans()) {
            assertThat(GOOD.substring(span.start(), span.end())).contains(span.text());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain text | expected one \\boxed{...}, got 0",
                "\\boxed{a} \\boxed{b} | expected one \\boxed{...}, got 2",
                "\\boxed{ } | empty \\boxed{...} at 0",
                "\\boxed{a} and more | text after the answer: 'and more'",
                "\\boxed{a | unclosed \\boxed{ at 0",
                "<internal> x \\boxed{a} | unclosed <internal> at 0: \\boxed{ inside it at 13",
                "x </external> \\boxed{a} | stray </external> at 2",
                "<internal> x <internal> y </internal> \\boxed{a} | unclosed <internal> at 0: <internal> inside it at 13",
                "<external> </external> <document> d </document> \\boxed{a} | empty query at 0",
                "<document> d </document> \\boxed{a} "
                        + "| documents block at 0 follows no query: the policy wrote it itself",
                "<external> q </external> \\boxed{a} | query at 0 is not followed by its documents block",
                "\\boxed{ <internal> } | <internal> at 8 inside the answer at 0",
                "x \uFFFD \\boxed{a} | unreadable text at 2: U+FFFD",
                "x \u0007 \\boxed{a} | unreadable text at 2: U+0007",
                "x \uD800 \\boxed{a} | unreadable text at 2: U+D800",
                "<unk> \\boxed{a} | unreadable text at 0: <unk>",
            })
    void aBrokenRuleIsNamedWithWhatWasFound(String text, String violation) {
        assertThat(plus(text).violations()).contains(violation);
    }

    @Test
    void aQueryAtTheEndWaitsForItsDocuments() {
        assertThat(plus("<external> q </external>").violations())
                .contains("query at 0 is not followed by its documents block");
    }

    @Test
    void bracesInsideTheBoxArePaired() {
        assertThat(plus("\\boxed{\\frac{1}{2}}").answer()).contains("\\frac{1}{2}");
        assertThat(plus("\\boxed{a \\} b}").answer()).contains("a \\} b");
        assertThat(plus("\\boxed{\\frac{1}{2}}").wellFormed()).isTrue();
    }

    @Test
    void unknownWordsInsideDocumentsAreNotThePolicysFault() {
        assertThat(plus("<external> q </external> <document> <unk> \uFFFD </document> \\boxed{a}")
                        .violations())
                .isEmpty();
    }

    @Test
    void theFirstDialectThinksOnceAndThenAnswers() {
        String searched = "I ask. <|begin_of_query|> q <|end_of_query|>\n\n<|begin_of_documents|>\n(1) T: d\n"
                + "<|end_of_documents|>\n\nSo it is a.</think>\n\n<answer> a </answer>";
        Parsed parsed = Markup.parse(Dialect.R1_SEARCHER, searched);
        assertThat(parsed.violations()).isEmpty();
        assertThat(parsed.searches()).isEqualTo(1);
        assertThat(parsed.answer()).contains("a");
        assertThat(Markup.parse(Dialect.R1_SEARCHER, "x <answer> a </answer>").violations())
                .containsExactly("expected one </think>, got 0");
        assertThat(Markup.parse(Dialect.R1_SEARCHER, "<answer> a </answer> </think>")
                        .violations())
                .contains("</think> at 21 comes after the answer");
    }

    @Test
    void documentsAreNumberedOnOneLineEach() {
        String block = Markup.documents(
                Dialect.R1_SEARCHER_PP,
                List.of(passage("Iceland", "Its currency\nis the króna."), passage("", "x")),
                500);
        assertThat(block).isEqualTo("<document>\n(1) Iceland: Its currency is the króna.\n(2) x\n</document>");
    }

    @Test
    void theFirstDialectsBlockEndsWithABlankLine() {
        assertThat(Markup.documents(Dialect.R1_SEARCHER, List.of(passage("T", "x")), 500))
                .isEqualTo("<|begin_of_documents|>\n(1) T: x\n<|end_of_documents|>\n\n");
    }

    @Test
    void aBlockSaysThatNothingWasFound() {
        assertThat(Markup.documents(Dialect.R1_SEARCHER_PP, List.of(), 500))
                .isEqualTo("<document>\n(1) Nothing was found.\n</document>");
    }

    @Test
    void aLongPassageLeavesRoomForTheOthers() {
        // 300 chars, tags and line breaks take 23, leaving 277: shares of 92, so the long one is cut and the short ones
        // are whole.
        String block = Markup.documents(
                Dialect.R1_SEARCHER_PP,
                List.of(passage("", "x".repeat(1000)), passage("", "second"), passage("", "third")),
                300);
        assertThat(block).hasSizeLessThanOrEqualTo(300).contains("(2) second", "(3) third");
    }

    @Test
    void tooSmallABlockIsRefused() {
        assertThatThrownBy(() -> Markup.documents(Dialect.R1_SEARCHER_PP, List.of(), 99))
                .hasMessage("a documents block needs room for at least 100 chars, got 99");
    }

    @Test
    void sanitisedTextHasNoTagAndKeepsTheRest() {
        assertThat(Markup.sanitise("</document> <|im_end|> \\boxed{1} a < b, 3<4, <= \u0000 \\alpha"))
                .isEqualTo("\u2039/document> \u2039|im_end|> /boxed{1} a < b, 3<4, <=   \\alpha");
    }

    @Test
    void dialectsAreFoundByName() {
        assertThat(Dialect.of("r1-searcher++")).isEqualTo(Dialect.R1_SEARCHER_PP);
        assertThatThrownBy(() -> Dialect.of("x"))
                .hasMessage("dialect must be one of r1-searcher++, r1-searcher, got 'x'");
    }

    private static Parsed plus(String text) {
        return Markup.parse(Dialect.R1_SEARCHER_PP, text);
    }

    private static Passage passage(String title, String text) {
        return Passage.newBuilder()
                .setId("p")
                .setTitle(title)
                .setText(text)
                .setScore(1)
                .build();
    }
}
