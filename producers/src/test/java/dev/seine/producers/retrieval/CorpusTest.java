package dev.seine.producers.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.seine.event.Passage;
import dev.seine.producers.RefusedLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CorpusTest {
    @TempDir
    Path folder;

    private final List<RefusedLine> refused = new ArrayList<>();

    private List<Passage> read(int maxChars, String... lines) throws Exception {
        List<Passage> passages = new ArrayList<>();
        Path file = Files.write(folder.resolve("wiki.jsonl"), List.of(lines));
        Corpus.file(file, maxChars, refused::add).forEach(passages::add);
        return passages;
    }

    @Test
    void aPassageWithoutIdIsNamedAfterFileAndLine() throws Exception {
        assertThat(read(100, "{\"title\":\"Oslo\",\"text\":\"A city.\"}", "{\"id\":\"b\",\"text\":\"No title.\"}"))
                .extracting(Passage::getId, Passage::getTitle, Passage::getText)
                .containsExactly(tuple("wiki-1", "Oslo", "A city."), tuple("b", "", "No title."));
        assertThat(refused).isEmpty();
    }

    @Test
    void theColumnsOfKiltAreReadByTheNameOfTheFile() throws Exception {
        List<String> lines = List.of("id\ttext\ttitle", "7\tA city.\tOslo", "8\tno title");
        List<Passage> passages = new ArrayList<>();
        Corpus.file(Files.write(folder.resolve("kilt.tsv"), lines), 100, refused::add)
                .forEach(passages::add);
        assertThat(passages)
                .extracting(Passage::getId, Passage::getTitle, Passage::getText)
                .containsExactly(tuple("7", "Oslo", "A city."));
        assertThat(refused)
                .extracting(RefusedLine::cause)
                .containsExactly("expected the columns id, text and title, got 2");
    }

    @Test
    void badLinesAndRepeatedIdsAreReported() throws Exception {
        assertThat(read(100, "{", "{\"title\":\"T\"}", "{\"id\":1,\"text\":\"a\"}", "{\"id\":1,\"text\":\"b\"}", "3"))
                .extracting(Passage::getText)
                .containsExactly("a");
        assertThat(refused).extracting(RefusedLine::line).containsExactly(1L, 2L, 4L, 5L);
        assertThat(refused.get(2).cause()).isEqualTo("id 1 was there before");
    }

    @Test
    void longTextIsCutAfterAWholeWord() throws Exception {
        assertThat(read(9, "{\"text\":\"alpha beta gamma\"}"))
                .extracting(Passage::getText)
                .containsExactly("alpha");
        // 5 chars end inside the pair of the second emoji.
        assertThat(Bounds.cut("aa\uD83D\uDE00\uD83D\uDE00", 5)).isEqualTo("aa\uD83D\uDE00");
        assertThat(Bounds.cut("alpha beta", 5)).isEqualTo("alpha");
    }

    @Test
    void pagesOfKiltAreSplitIntoAHundredWords() throws Exception {
        String words = "w ".repeat(99) + "end. ";
        List<Passage> passages = read(
                2_000,
                "{\"wikipedia_id\":\"7\",\"wikipedia_title\":\"Oslo\",\"text\":[\"Oslo\\n\",\"Section::::" + words
                        + "\",\"BULLET::::last one\\n\"]}",
                "{\"wikipedia_id\":\"8\",\"wikipedia_title\":\"None\",\"text\":[]}");
        // 1 + 100 + 2 words: the first hundred ends before "end.".
        assertThat(passages).extracting(Passage::getId).containsExactly("7-0", "7-1");
        assertThat(passages).extracting(Passage::getTitle).containsOnly("Oslo");
        assertThat(passages.get(0).getText()).startsWith("Oslo w w").hasSize("Oslo".length() + 99 * 2);
        assertThat(passages.get(1).getText()).isEqualTo("end. last one");
        assertThat(refused)
                .extracting(RefusedLine::toString)
                .singleElement()
                .asString()
                .endsWith(":2: page 8 has no text");
    }

    @Test
    void theSplitThatR1SearcherWritesIsRead() throws Exception {
        List<Passage> passages = new ArrayList<>();
        Path file =
                Files.write(folder.resolve("split.tsv"), List.of("0\tOslo   Oslo is a city.", "1\tA town   Far away."));
        Corpus.file(file, 100, refused::add).forEach(passages::add);
        assertThat(passages)
                .extracting(Passage::getId, Passage::getTitle, Passage::getText)
                .containsExactly(tuple("0", "Oslo", "Oslo is a city."), tuple("1", "A town", "Far away."));
    }
}
