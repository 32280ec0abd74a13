package dev.seine.producers.retrieval;

import dev.seine.event.Passage;
import dev.seine.producers.JsonRecords;
import dev.seine.producers.RefusedLine;
import dev.seine.producers.TextLines;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;

/** Passages to be searched, in a fixed order, with unique ids and bounded text; scores are 0. */
@FunctionalInterface
public interface Corpus {
    /** Hands every passage to the sink, in order. */
    void forEach(Consumer<Passage> sink);

    /** These passages. */
    static Corpus of(List<Passage> passages) {
        List<Passage> copy = List.copyOf(passages);
        return copy::forEach;
    }

    /**
     * A file, read anew each time: tab-separated if its name ends in {@code .tsv} ({@code id, text, title}), else JSONL of
     * {@code {id?, title, text}} or of KILT's pages, which are split into passages of 100 words. A line without id gets the file's name and
     * its line as id. Text beyond the bound is cut after the last whole word. The ids are kept in memory; for what does not fit
     * there is {@link CorpusImport}.
     *
     * @param refused told of each line that is no passage or repeats an id
     */
    static Corpus file(Path file, int maxPassageChars, Consumer<RefusedLine> refused) {
        return sink -> {
            CorpusLines lines = CorpusLines.of(file, maxPassageChars, new HashSet<String>()::add, sink);
            if (lines.tabs()) {
                TextLines.read(file, lines::line, refused);
            } else {
                JsonRecords.read(file, lines::object, refused);
            }
        };
    }

    /**
     * The same in bounded memory: passages may repeat an id. One object a line, no array.
     *
     * @param refused told of each line that is no passage
     */
    static Corpus stream(Path file, int maxPassageChars, Consumer<RefusedLine> refused) {
        return sink -> TextLines.read(file, CorpusLines.of(file, maxPassageChars, id -> true, sink)::line, refused);
    }

    /** What a corpus is called: the file's name up to its first dot. */
    static String name(Path file) {
        String name = file.getFileName().toString();
        return name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
    }
}
