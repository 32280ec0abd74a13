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
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class BaseDemonstrationsTest {
    private static final String OPEN = Dialect.R1_SEARCHER.queryOpen();
    private static final AtlasWorld WORLD = AtlasWorld.real();
    private static final Retriever RETRIEVER = Bm25Retriever.inMemory(Corpus.of(WORLD.passages()));
    private static final List<Demonstration> DEMONSTRATIONS = write(7);

    @AfterAll
    static void close() {
        RETRIEVER.close();
    }

    private static List<Demonstration> write(long seed) {
        return new BaseDemonstrations(
                        WORLD,
                        RETRIEVER,
                        new DemonstrationConfig(1000, 0.5, 0, 0, 0.6, 2, 0.04),
                        "Question: {question} <think>")
                .write(seed);
    }

    @Test
    void promptAndResponseTogetherAreWellFormedAndEndWithTheAnswer() {
        for (Demonstration demonstration : DEMONSTRATIONS) {
            String opened = demonstration.prompt().endsWith(OPEN) ? OPEN : "";
            Parsed parsed = Markup.parse(Dialect.R1_SEARCHER, opened + demonstration.response());
            assertThat(parsed.violations()).as(demonstration.id()).isEmpty();
            assertThat(parsed.answer()).contains(demonstration.answers().get(0));
        }
    }

    @Test
    void aSearchIsShownOftenAndChosenSeldom() {
        // of 1000 half search: about 500, of which 4% open the first search themselves: about 20
        long shown =
                DEMONSTRATIONS.stream().filter(d -> d.prompt().endsWith(OPEN)).count();
        long chosen = DEMONSTRATIONS.stream()
                .filter(d -> d.response().startsWith(OPEN))
                .count();
        assertThat(shown).isBetween(420L, 540L);
        assertThat(chosen).isBetween(5L, 45L);
    }

    @Test
    void whatIsAnsweredFromMemoryIsTrueOnlyWhereTheColdStartKnowsIt() {
        List<String> unknown = WORLD.facts().stream()
                .filter(f -> f.standing() != Standing.COLD_START)
                .map(Fact::sentence)
                .toList();
        for (Demonstration demonstration : DEMONSTRATIONS) {
            if (demonstration.id().startsWith("memory-") || demonstration.id().startsWith("guess-")) {
                assertThat(demonstration.response()).as(demonstration.id()).doesNotContain(OPEN);
                assertThat(unknown).as(demonstration.id()).noneMatch(demonstration.response()::contains);
            }
        }
    }

    @Test
    void equalSeedsWriteEqualDemonstrations() {
        assertThat(write(7)).isEqualTo(DEMONSTRATIONS);
    }
}
