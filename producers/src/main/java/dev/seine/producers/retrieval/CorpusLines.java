package dev.seine.producers.retrieval;

import dev.seine.event.Passage;
import java.util.Set;
import java.util.function.Consumer;

/** Turns the lines of one reading of a file into passages. */
record CorpusLines(String stem, int maxChars, Set<String> ids, Consumer<Passage> sink) {
    void tabbed(long line, String text) {
        String[] columns = text.split("\t", -1);
        if (columns.length != 3) {
            throw new IllegalArgumentException("expected the columns id, text and title, got " + columns.length);
        }
        boolean header = line == 1 && columns[0].equals("id") && columns[1].equals("text");
        if (!header) {
            add(line, columns[0].strip(), columns[2].strip(), columns[1].strip());
        }
    }

    void add(long line, String givenId, String title, String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("text is missing or empty");
        }
        String id = Bounds.cut(givenId.isEmpty() ? stem + "-" + line : givenId, Bounds.MAX_ID);
        if (!ids.add(id)) {
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
