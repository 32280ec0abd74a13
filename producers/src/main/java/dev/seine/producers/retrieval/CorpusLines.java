package dev.seine.producers.retrieval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.seine.event.Passage;
import dev.seine.producers.JsonRecords;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Turns the lines of a corpus file into passages. Known are JSON objects of {@code id?, title, text}; pages of KILT's knowledge source
 * ({@link KiltPages}); and tab-separated columns, either {@code id, text, title}, or {@code id} and title and text with three spaces
 * between them, as R1-Searcher writes its split of KILT.
 *
 * @param stem prefix of the ids of lines that bring none
 * @param maxChars longest text; what is longer is cut after its last whole word
 * @param tabs whether lines are tab-separated
 * @param fresh whether an id was not there before
 */
record CorpusLines(String stem, int maxChars, boolean tabs, Predicate<String> fresh, Consumer<Passage> sink) {
    private static final String TITLE_END = "   ";

    /** The reader of a file's lines. */
    static CorpusLines of(Path file, int maxChars, Predicate<String> fresh, Consumer<Passage> sink) {
        return new CorpusLines(Corpus.name(file), maxChars, file.toString().endsWith(".tsv"), fresh, sink);
    }

    /** Takes one line. */
    void line(long number, String text) {
        if (tabs) {
            tabbed(number, text);
        } else {
            object(number, JsonRecords.object(text));
        }
    }

    /** Takes one object. */
    void object(long number, JsonNode object) {
        if (KiltPages.is(object)) {
            KiltPages.passages(object, number).forEach(p -> add(number, p.id(), p.title(), p.text()));
        } else {
            add(
                    number,
                    JsonRecords.text(object, "id"),
                    JsonRecords.text(object, "title"),
                    JsonRecords.text(object, "text"));
        }
    }

    private void tabbed(long number, String text) {
        String[] columns = text.split("\t", -1);
        boolean header = number == 1 && columns[0].equals("id");
        if (header) {
            return;
        }
        int end = columns.length == 2 ? columns[1].indexOf(TITLE_END) : -1;
        if (end > 0) {
            add(
                    number,
                    columns[0].strip(),
                    columns[1].substring(0, end).strip(),
                    columns[1].substring(end).strip());
        } else if (columns.length == 3) {
            add(number, columns[0].strip(), columns[2].strip(), columns[1].strip());
        } else {
            throw new IllegalArgumentException("expected the columns id, text and title, got " + columns.length);
        }
    }

    private void add(long number, String givenId, String title, String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("text is missing or empty");
        }
        String id = Bounds.cut(givenId.isEmpty() ? stem + "-" + number : givenId, Bounds.MAX_ID);
        if (!fresh.test(id)) {
            throw new IllegalArgumentException("id " + id + " was there before");
        }
        sink.accept(Passage.newBuilder()
                .setId(id)
                .setTitle(Bounds.cut(title, Bounds.MAX_TITLE))
                .setText(Bounds.cut(text, maxChars))
                .setScore(0)
                .build());
    }
}
