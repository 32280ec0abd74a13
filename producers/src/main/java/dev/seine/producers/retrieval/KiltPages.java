package dev.seine.producers.retrieval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.seine.producers.JsonRecords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Pages of KILT's knowledge source ({@code wikipedia_id, wikipedia_title, text: [paragraph, ...]}), split as R1-Searcher splits them: paragraphs
 * are joined, list and section marks taken out, and every {@value #WORDS} words are a passage, the last one with what is left.
 */
public final class KiltPages {
    /** Words of a passage. */
    public static final int WORDS = 100;

    private static final String TITLE = "wikipedia_title";

    private KiltPages() {}

    /** A passage of a page: the page's id and the passage's place in it, from 0. */
    record Piece(String id, String title, String text) {}

    /** Whether an object is such a page. */
    static boolean is(JsonNode object) {
        return object.has(TITLE) && object.path("text").isArray();
    }

    /** The passages of a page, in order. A page without a word is refused. */
    static List<Piece> passages(JsonNode page, long line) {
        StringBuilder text = new StringBuilder();
        page.path("text").forEach(paragraph -> text.append(paragraph.asText()));
        String given = JsonRecords.text(page, "wikipedia_id");
        String id = given.isEmpty() ? "line-" + line : given;
        String title = JsonRecords.text(page, TITLE);
        List<Piece> pieces = new ArrayList<>();
        for (String piece : split(text.toString().replace("BULLET::::", "").replace("Section::::", ""))) {
            pieces.add(new Piece(id + "-" + pieces.size(), title, piece));
        }
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("page " + id + " has no text");
        }
        return pieces;
    }

    /** A text cut after every {@value #WORDS} words, words being apart by one space. */
    public static List<String> split(String text) {
        String stripped = text.strip();
        String[] words = stripped.isEmpty() ? new String[0] : stripped.split("\\s+", -1);
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < words.length; from += WORDS) {
            pieces.add(String.join(" ", Arrays.asList(words).subList(from, Math.min(from + WORDS, words.length))));
        }
        return pieces;
    }
}
