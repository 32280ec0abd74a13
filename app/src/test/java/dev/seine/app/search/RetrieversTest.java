package dev.seine.app.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.app.config.ConfigException;
import dev.seine.app.config.ConfigLoader;
import dev.seine.app.config.Source;
import dev.seine.app.search.GoldQuestions.Gold;
import dev.seine.event.Passage;
import dev.seine.producers.retrieval.CorpusImport;
import dev.seine.producers.retrieval.Retriever;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetrieversTest {
    private static final String CORPUS =
            "{\"title\":\"Oslo\",\"text\":\"Oslo is in Norway.\"}\n{\"title\":\"Tunis\",\"text\":\"Tunis is in Tunisia.\"}\n";

    @TempDir
    private Path dir;

    private final List<String> said = new ArrayList<>();

    private static SearchConfig config(String... settings) {
        List<Source> sources = new ArrayList<>(List.of(new Source.Section(Source.defaults(), List.of("retrieve"))));
        for (String setting : settings) {
            sources.add(Source.setting(setting));
        }
        return ConfigLoader.load(SearchConfig.class, sources);
    }

    private Retriever open(SearchConfig config) throws IOException {
        Path corpus = Files.writeString(dir.resolve("cities.jsonl"), CORPUS);
        return new Retrievers(config, corpus, 100, dir.resolve("vectors"), Map.of(), said::add).open();
    }

    private static List<String> titles(Retriever retriever, String query) {
        return retriever.search(query, 1).stream().map(Passage::getTitle).toList();
    }

    @Test
    void eachKindFindsThePassage() throws IOException {
        for (String kind : List.of("bm25", "dense", "hybrid")) {
            try (Retriever retriever = open(config("retriever=" + kind))) {
                assertThat(titles(retriever, "Where is Oslo?")).as(kind).containsExactly("Oslo");
            }
        }
        // The second that needs vectors finds those of the first.
        assertThat(said).filteredOn(line -> line.startsWith("embedding ")).hasSize(1);
    }

    @Test
    void anImportedIndexTakesThePlaceOfTheCorpus() throws IOException {
        Path other =
                Files.writeString(dir.resolve("other.jsonl"), "{\"title\":\"Lima\",\"text\":\"Lima is in Peru.\"}\n");
        new CorpusImport(dir.resolve("index"), 100, 10).run(other, line -> {}, at -> {});
        try (Retriever retriever = open(config("index=" + dir.resolve("index")))) {
            assertThat(titles(retriever, "Peru")).containsExactly("Lima");
            assertThat(titles(retriever, "Oslo")).isEmpty();
        }
    }

    @Test
    void vectorsThatAreNotThereAreMissedBeforeASearch() {
        assertThatThrownBy(() -> open(config("retriever=dense", "dense.folder=" + dir.resolve("none"))))
                .hasMessageContaining("no vectors in")
                .hasMessageContaining("seine import --vectors");
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> config("retriever=web"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("retrieve.web.url");
        assertThatThrownBy(() -> config("retriever=google"))
                .hasMessageContaining("\"bm25\", \"dense\", \"hybrid\", \"web\"");
        assertThatThrownBy(() -> config("qdrant.port=0")).hasMessageContaining("1 to 65535");
        assertThatThrownBy(() -> config("web.url=file:///etc/passwd")).hasMessageContaining("an http or https address");
        assertThatThrownBy(() -> config("denes.folder=x")).hasMessageContaining("did you mean dense?");
    }

    @Test
    void aSecretComesFromTheEnvironmentOrTheFileItNames() throws IOException {
        Path file = Files.writeString(dir.resolve("key"), "from-file\n");
        assertThat(Secret.of("K", Map.of())).isEmpty();
        assertThat(Secret.of("K", Map.of("K_FILE", file.toString()))).isEqualTo(Optional.of("from-file"));
        assertThat(Secret.of("K", Map.of("K", "direct", "K_FILE", file.toString())))
                .isEqualTo(Optional.of("direct"));
        assertThatThrownBy(() ->
                        Secret.of("K", Map.of("K_FILE", dir.resolve("gone").toString())))
                .hasMessageContaining("K_FILE: file");
    }

    @Test
    void recallIsTheShareOfGoldTitlesAmongTheFirst() {
        Gold gold = new Gold("q", Set.of("a", "b"));
        List<Passage> found = List.of(passage("x"), passage("a"), passage("b"));
        assertThat(gold.recall(found, 1)).isZero();
        assertThat(gold.recall(found, 2)).isEqualTo(0.5);
        assertThat(gold.recall(found, 10)).isEqualTo(1);
    }

    @Test
    void percentilesAreThoseOfTheNearestRank() {
        Latencies latencies = new Latencies();
        for (int ms = 100; ms >= 1; ms--) {
            latencies.add(ms * 1_000_000L);
        }
        assertThat(latencies.millis(0.5)).isEqualTo(50);
        assertThat(latencies.millis(0.99)).isEqualTo(99);
        assertThat(latencies.count()).isEqualTo(100);
        assertThat(new Latencies().millis(0.5)).isNaN();
    }

    @Test
    void anEqualSeedGivesAnEqualCorpus() throws IOException {
        for (String name : List.of("a", "b")) {
            new SyntheticCorpus(7).write(dir.resolve(name), 100);
        }
        assertThat(dir.resolve("a")).hasSameTextualContentAs(dir.resolve("b"));
        assertThat(Files.readAllLines(dir.resolve("a"))).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void threeOfFourGoldTitlesAreAmongTheFirstFiveByWordsAlone() {
        Path data = Path.of(System.getProperty("seine.shared", "")).resolve("data/retrieval/hotpotqa_100");
        Assumptions.assumeTrue(Files.exists(data), "no shared data: " + data);
        List<Gold> questions = GoldQuestions.read(data.resolve("questions.jsonl"), line -> {});
        try (Retriever bm25 =
                new Retrievers(config(), data.resolve("corpus.jsonl"), 2_000, dir, Map.of(), said::add).open()) {
            assertThat(questions.stream()
                            .mapToDouble(gold -> gold.recall(bm25.search(gold.question(), 5), 5))
                            .average()
                            .orElseThrow())
                    .isGreaterThanOrEqualTo(0.75);
        }
    }

    private static Passage passage(String title) {
        return Passage.newBuilder()
                .setId(title)
                .setTitle(title)
                .setText("text")
                .setScore(0)
                .build();
    }
}
