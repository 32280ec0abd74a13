package dev.seine.producers.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.event.Passage;
import dev.seine.producers.RefusedLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CorpusImportTest {
    @TempDir
    private Path dir;

    private final List<RefusedLine> refused = new ArrayList<>();
    private final List<Long> committed = new ArrayList<>();

    private Path corpus(int passages) throws IOException {
        return Files.write(
                dir.resolve("corpus.jsonl"),
                IntStream.range(0, passages)
                        .mapToObj(i ->
                                "{\"id\":\"p" + i + "\",\"title\":\"T" + i + "\",\"text\":\"common word" + i + "\"}")
                        .toList());
    }

    private CorpusImport.Progress run(Path corpus, Consumer<CorpusImport.Progress> progress) {
        return new CorpusImport(dir.resolve("index"), 100, 10).run(corpus, refused::add, progress);
    }

    private List<String> found(String query, int k) {
        try (Retriever retriever = Bm25Retriever.open(dir.resolve("index"))) {
            return retriever.search(query, k).stream().map(Passage::getId).toList();
        }
    }

    @Test
    void whatWasImportedIsFoundInTheOrderOfTheFile() throws Exception {
        CorpusImport.Progress end = run(corpus(25), at -> committed.add(at.passages()));
        assertThat(end.passages()).isEqualTo(25);
        assertThat(end.bytes()).isEqualTo(end.totalBytes());
        assertThat(committed).containsExactly(10L, 20L, 25L);
        assertThat(found("word7", 3)).containsExactly("p7");
        assertThat(found("common", 25))
                .containsExactlyElementsOf(
                        IntStream.range(0, 25).mapToObj(i -> "p" + i).toList());
    }

    @Test
    void anImportThatWasCutOffGoesOnWhereItWasCommittedLast() throws Exception {
        Path corpus = corpus(25);
        assertThatThrownBy(() -> run(corpus, at -> {
                    throw new IllegalStateException("killed at " + at.passages());
                }))
                .hasMessage("killed at 10");
        assertThatThrownBy(() -> found("common", 1))
                .hasMessageContaining("has its lines up to 10")
                .hasMessageContaining("import it again to finish");
        assertThat(run(corpus, at -> committed.add(at.passages())).passages()).isEqualTo(25);
        assertThat(committed).containsExactly(20L, 25L); // 10 were there
        assertThat(found("common", 30)).hasSize(25).doesNotHaveDuplicates();
    }

    @Test
    void aCompleteImportIsNotDoneAgain() throws Exception {
        Path corpus = corpus(12);
        run(corpus, at -> {});
        assertThat(run(corpus, at -> committed.add(at.passages())).passages()).isEqualTo(12);
        assertThat(committed).isEmpty();
    }

    @Test
    void anotherCorpusInTheSameFolderIsRefused() throws Exception {
        run(corpus(12), at -> {});
        assertThatThrownBy(() -> run(corpus(13), at -> {})).hasMessageContaining("name another folder");
    }

    @Test
    void badLinesAndRepeatedIdsAreNamedAndLeftOut() throws Exception {
        Path corpus = Files.write(
                dir.resolve("bad.jsonl"),
                List.of(
                        "{\"id\":\"a\",\"text\":\"first\"}",
                        "",
                        "{\"id\":\"b\"",
                        "{\"id\":\"c\",\"text\":\"\"}",
                        "{\"id\":\"a\",\"text\":\"second\"}"));
        CorpusImport.Progress end = run(corpus, at -> {});
        assertThat(end.passages()).isEqualTo(1);
        assertThat(end.refused()).isEqualTo(3);
        assertThat(refused).extracting(RefusedLine::line).containsExactly(3L, 4L, 5L);
        assertThat(refused.get(1).toString()).endsWith("bad.jsonl:4: text is missing or empty");
        assertThat(refused.get(2).toString()).endsWith("bad.jsonl:5: id a was there before");
        assertThat(found("first second", 5)).containsExactly("a");
    }

    @Test
    void nothingToImportIsAnError() throws Exception {
        Path empty = Files.writeString(dir.resolve("empty.jsonl"), "");
        assertThatThrownBy(() -> run(empty, at -> {})).hasMessageContaining("got 0 passages, expected at least 1");
        assertThatThrownBy(() -> Bm25Retriever.open(dir.resolve("nowhere"))).hasMessageContaining("no index");
        Path array = Files.writeString(dir.resolve("array.json"), "[{\"text\":\"a\"}]");
        assertThatThrownBy(() -> run(array, at -> {})).hasMessageContaining("is a JSON array");
    }
}
