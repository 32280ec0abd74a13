package dev.seine.producers.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.producers.atlas.Fact.Standing;
import dev.seine.producers.retrieval.Bm25Retriever;
import dev.seine.producers.retrieval.Corpus;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.schemas.Demonstration;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import dev.seine.schemas.Parsed;
import dev.seine.schemas.Span;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class AtlasDemonstrationsTest {
    private static final AtlasWorld WORLD = AtlasWorld.real();
    private static final Retriever RETRIEVER = Bm25Retriever.inMemory(Corpus.of(WORLD.passages()));
    private static final List<Demonstration> DEMONSTRATIONS = write(7);

    @AfterAll
    static void close() {
        RETRIEVER.close();
    }

    private static List<Demonstration> write(long seed) {
        return new AtlasDemonstrations(
                        WORLD,
                        RETRIEVER,
                        new DemonstrationConfig(600, 0.7, 0.1, 0.05, 0.4, 2, 0),
                        "Question: {question} Answer:")
                .write(seed);
    }

    @Test
    void everyDemonstrationIsWellFormedAndEndsWithItsAnswer() {
        for (Demonstration demonstration : DEMONSTRATIONS) {
            Parsed parsed = Markup.parse(Dialect.R1_SEARCHER_PP, demonstration.response());
            assertThat(parsed.violations()).as(demonstration.id()).isEmpty();
            assertThat(parsed.answer()).contains(demonstration.answers().get(0));
        }
    }

    @Test
    void bothActionsOccur() {
        long recalls = DEMONSTRATIONS.stream()
                .filter(d -> d.response().contains("<internal>"))
                .count();
        long searches = DEMONSTRATIONS.stream()
                .filter(d -> d.response().contains("<external>"))
                .count();
        assertThat(recalls).isGreaterThan(100);
        assertThat(searches).isGreaterThan(400);
    }

    @Test
    void aHeldOutFactIsNeverStated() {
        List<String> heldOut = WORLD.facts().stream()
                .filter(f -> f.standing() == Standing.HELD_OUT)
                .map(Fact::sentence)
                .toList();
        for (Demonstration demonstration : DEMONSTRATIONS) {
            List<String> recalled = Markup.parse(Dialect.R1_SEARCHER_PP, demonstration.response()).spans().stream()
                    .filter(Span.Internal.class::isInstance)
                    .map(Span::text)
                    .toList();
            assertThat(recalled).as(demonstration.id()).doesNotContainAnyElementsOf(heldOut);
            if (demonstration.id().startsWith("fiction")) {
                assertThat(heldOut).noneMatch(demonstration.response()::contains);
            }
        }
    }

    @Test
    void equalSeedsWriteEqualDemonstrations() {
        assertThat(write(7)).isEqualTo(DEMONSTRATIONS);
    }

    @Test
    void longQuestionsAreAsFrequentInFictionAsTheirLookups() {
        // shares times lookups: 30 * 1 + 25 * 2 + 12 * 2 + 6 * 2 + 21 * 3 + 6 * 4 = 203; of 240 these are for "What are
        // the ... and the ...":
        // 63 / 203 * 240 = 74, and for "Are ... and ... on the same continent?": 36 / 203 * 240 = 43; standard
        // deviations 7.2 and 5.9
        assertThat(fictionAsking("What are the")).isBetween(74 - 29, 74 + 29);
        assertThat(fictionAsking("Are ")).isBetween(43 - 24, 43 + 24);
    }

    private static int fictionAsking(String start) {
        return (int) DEMONSTRATIONS.stream()
                .filter(d -> d.id().startsWith("fiction"))
                .filter(d -> d.question().startsWith(start))
                .count();
    }

    @Test
    void someFictionalSearchesFindOnePassageOnly() {
        List<String> found = DEMONSTRATIONS.stream()
                .filter(d -> d.id().startsWith("fiction"))
                .flatMap(d -> Markup.parse(Dialect.R1_SEARCHER_PP, d.response()).spans().stream())
                .filter(Span.Documents.class::isInstance)
                .map(Span::text)
                .toList();
        double alone = found.stream().filter(text -> !text.contains("(2)")).count() / (double) found.size();
        // a third, of some 560 searches: standard deviation 0.02
        assertThat(alone).isBetween(1 / 3.0 - 0.08, 1 / 3.0 + 0.08);
    }

    @Test
    void fourInTenAreFiction() {
        // 600 * 0.4 = 240
        assertThat(DEMONSTRATIONS).filteredOn(d -> d.id().startsWith("fiction")).hasSize(240);
    }
}
