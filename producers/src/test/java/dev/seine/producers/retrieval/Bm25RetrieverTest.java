package dev.seine.producers.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.seine.event.Passage;
import dev.seine.producers.JsonRecords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Bm25RetrieverTest {
    private static final List<Passage> CITIES = List.of(
            passage("1", "Oslo", "Oslo is in Norway."),
            passage("2", "Tunis", "Tunis is in Tunisia."),
            passage("3", "Krone", "Norwegian currencies: the krone is used in Norway."));

    static Passage passage(String id, String title, String text) {
        return Passage.newBuilder()
                .setId(id)
                .setTitle(title)
                .setText(text)
                .setScore(0)
                .build();
    }

    static LongStream seeds() {
        return LongStream.range(0, 10);
    }

    private static List<String> ids(Retriever retriever, String query, int k) {
        return retriever.search(query, k).stream().map(Passage::getId).toList();
    }

    @Test
    void thePassageThatIsMeantComesFirst() {
        try (Retriever retriever = Bm25Retriever.inMemory(Corpus.of(CITIES))) {
            assertThat(ids(retriever, "Where is Oslo?", 2)).startsWith("1");
            assertThat(ids(retriever, "currency of Norway", 2)).containsExactly("3", "1"); // currency ~ currencies
            assertThat(ids(retriever, "Tunis", 5)).containsExactly("2");
            assertThat(retriever.search("Oslo", 1).get(0).getScore()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"title:Oslo AND (", "*:*", "\"Oslo", "Oslo~2^3", "[a TO b]", "\\", "{!lucene}", "Oslo\u0000"})
    void aQueryIsTextAndNeverALanguage(String query) {
        try (Retriever retriever = Bm25Retriever.inMemory(Corpus.of(CITIES))) {
            assertThat(ids(retriever, query, 3)).isSubsetOf("1");
        }
    }

    @Test
    void nothingFitsAnEmptyQuery() {
        try (Retriever retriever = Bm25Retriever.inMemory(Corpus.of(CITIES))) {
            assertThat(retriever.search("", 3)).isEmpty();
            assertThat(retriever.search("of the", 3)).isEmpty();
            assertThatThrownBy(() -> retriever.search("Oslo", 0)).hasMessage("k must be at least 1, got 0");
        }
    }

    @Test
    void whatExceedsTheBoundsOfAQueryIsNotLookedAt() {
        try (Retriever retriever = Bm25Retriever.inMemory(Corpus.of(CITIES))) {
            String padding = "filler ".repeat(Bm25Retriever.MAX_QUERY_CHARS / 7 + 1);
            assertThat(ids(retriever, padding + "Oslo", 3)).isEmpty();
            assertThat(ids(retriever, "Oslo " + "x ".repeat(1_000_000), 3)).containsExactly("1");
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void equalScoresKeepTheOrderOfTheCorpus(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Passage> passages = IntStream.range(0, 3_000)
                .mapToObj(i -> passage("p" + i, "same", random.nextInt(3) == 0 ? "equal words" : "other things"))
                .toList();
        List<String> expected = passages.stream()
                .filter(p -> p.getText().startsWith("equal"))
                .map(Passage::getId)
                .limit(50)
                .toList();
        try (Retriever retriever = Bm25Retriever.inMemory(Corpus.of(passages))) {
            assertThat(ids(retriever, "equal", 50)).isEqualTo(expected);
        }
    }

    @Test
    void anEmptyCorpusIsAnError() {
        assertThatThrownBy(() -> Bm25Retriever.inMemory(Corpus.of(List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("corpus is empty: got 0 passages, expected at least 1");
    }

    @Test
    void nineOfTenGoldPassagesAreAmongTheFirstTwenty() {
        Path data = Path.of(System.getProperty("seine.shared", "")).resolve("data/retrieval/hotpotqa_100");
        Assumptions.assumeTrue(Files.exists(data), "no shared data: " + data);
        int[] found = new int[2];
        try (Retriever retriever = Bm25Retriever.inMemory(Corpus.file(data.resolve("corpus.jsonl"), 4_000, line -> {
            throw new IllegalStateException(line.toString());
        }))) {
            JsonRecords.read(
                    data.resolve("questions.jsonl"),
                    (line, object) -> {
                        Set<String> titles = retriever.search(JsonRecords.text(object, "question"), 20).stream()
                                .map(Passage::getTitle)
                                .collect(Collectors.toSet());
                        for (JsonNode gold : object.path("gold_titles")) {
                            found[titles.contains(gold.asText()) ? 0 : 1]++;
                        }
                    },
                    line -> {
                        throw new IllegalStateException(line.toString());
                    });
        }
        assertThat(found[0]).isGreaterThanOrEqualTo(9 * (found[0] + found[1]) / 10);
    }
}
