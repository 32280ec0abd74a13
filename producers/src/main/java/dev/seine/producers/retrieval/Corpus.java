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
     * A file, read anew each time: KILT's tab-separated {@code id, text, title} if its name ends in {@code .tsv}, else JSONL of
     * {@code {id?, title, text}}. A line without id gets the file's name and its line as id. Text beyond the bound is cut
     * after the last whole word.
     *
     * @param refused told of each line that is no passage or repeats an id
     */
    static Corpus file(Path file, int maxPassageChars, Consumer<RefusedLine> refused) {
        String name = file.getFileName().toString();
        String stem = name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
        return sink -> {
            CorpusLines lines = new CorpusLines(stem, maxPassageChars, new HashSet<>(), sink);
            if (name.endsWith(".tsv")) {
                TextLines.read(file, lines::tabbed, refused);
            } else {
                JsonRecords.read(
                        file,
                        (line, object) -> lines.add(
                                line,
                                JsonRecords.text(object, "id"),
                                JsonRecords.text(object, "title"),
                                JsonRecords.text(object, "text")),
                        refused);
            }
        };
    }
}
