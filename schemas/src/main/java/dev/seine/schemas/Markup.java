package dev.seine.schemas;

import dev.seine.event.Passage;
import java.util.ArrayList;
import java.util.List;

/**
 * Reading and writing of trajectory text. The text of a passage can never change the structure of what it is put into:
 * {@link #sanitise} leaves no tag of any dialect, and {@link #documents} writes nothing that is not sanitised.
 */
public final class Markup {
    /** What a documents block says if nothing was found. */
    public static final String NOTHING_FOUND = "(1) Nothing was found.";

    private static final String BOXED = "\\boxed{";
    private static final char NOT_LESS_THAN = '\u2039';
    private static final int LEAST_BLOCK = 100;
    private static final int LEAST_LINE = 40;

    private Markup() {}

    /** Reads a trajectory's text. Never throws; takes time linear in the text's length. */
    public static Parsed parse(Dialect dialect, String text) {
        return new MarkupParser(dialect, text).parse();
    }

    /**
     * Writes spans as a text that parses to spans of the same kinds and texts. Recalls become free text where the
     * dialect has none.
     */
    public static String render(Dialect dialect, List<Span> spans) {
        List<String> parts = new ArrayList<>();
        for (Span span : spans) {
            parts.add(render(dialect, span));
        }
        return String.join(" ", parts);
    }

    private static String render(Dialect dialect, Span span) {
        if (span instanceof Span.Internal) {
            return (dialect.internalOpen() + " " + span.text() + " " + dialect.internalClose()).strip();
        }
        if (span instanceof Span.Query) {
            return dialect.queryOpen() + " " + span.text() + " " + dialect.queryClose();
        }
        if (span instanceof Span.Documents) {
            return block(dialect, span.text());
        }
        if (span instanceof Span.Answer) {
            return dialect.answerOpen() + " " + span.text() + " " + dialect.answerClose();
        }
        return span.text();
    }

    /** A search as it stands in a trajectory: the query in its tags, then the block that answers it, see {@link #documents}. */
    public static String search(Dialect dialect, String query, List<Passage> passages, int maxChars) {
        return String.join(
                " ", dialect.queryOpen(), query, dialect.queryClose(), documents(dialect, passages, maxChars));
    }

    /**
     * The block that answers a query, its tags included: {@code (1) Title: text} per line, sanitised, each passage on
     * one line. A passage may use an equal share of what the ones before it left, and is cut there; the last ones are
     * left out where shares would be too small to say anything.
     *
     * @param maxChars bound on the length of the whole block, at least 100
     */
    public static String documents(Dialect dialect, List<Passage> passages, int maxChars) {
        if (maxChars < LEAST_BLOCK) {
            throw new IllegalArgumentException(
                    "a documents block needs room for at least " + LEAST_BLOCK + " chars, got " + maxChars);
        }
        if (passages.isEmpty()) {
            return block(dialect, NOTHING_FOUND);
        }
        int left = maxChars - block(dialect, "").length();
        int shown = Math.min(passages.size(), Math.max(1, left / LEAST_LINE));
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < shown; i++) {
            String line = cut(line(i + 1, passages.get(i)), left / (shown - i) - 1);
            left -= line.length() + 1;
            lines.add(line);
        }
        return block(dialect, String.join("\n", lines));
    }

    private static String block(Dialect dialect, String content) {
        String block = dialect.documentsOpen() + "\n" + content + "\n" + dialect.documentsClose();
        return dialect == Dialect.R1_SEARCHER ? block + "\n\n" : block;
    }

    private static String line(int rank, Passage passage) {
        String title = oneLine(passage.getTitle());
        return "(" + rank + ") " + (title.isEmpty() ? "" : title + ": ") + oneLine(passage.getText());
    }

    private static String oneLine(String text) {
        return sanitise(text).replaceAll("\\s+", " ").strip();
    }

    private static String cut(String line, int maxChars) {
        if (line.length() <= maxChars) {
            return line;
        }
        int end = maxChars;
        if (Character.isHighSurrogate(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(0, end).strip();
    }

    /**
     * Makes text harmless: no tag of any dialect, no opening of a boxed answer, no model control token such as
     * {@code <|im_end|>}, no control character is left, and putting sanitised texts together makes none. Other text
     * is left as it is. Chars are replaced, never removed, so nothing new can form. Sanitising twice changes nothing.
     */
    public static String sanitise(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '<' && !standsAlone(text, i)) {
                out.append(NOT_LESS_THAN);
            } else if (c == '\\' && BOXED.startsWith(text.substring(i, Math.min(text.length(), i + BOXED.length())))) {
                out.append('/');
            } else if (Character.isISOControl(c) && c != '\n' && c != '\t') {
                out.append(' ');
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** True of a less-than sign in a formula: every tag goes on with something else. */
    private static boolean standsAlone(String text, int at) {
        if (at + 1 == text.length()) {
            return false;
        }
        char next = text.charAt(at + 1);
        return next == ' ' || next == '=' || Character.isDigit(next);
    }
}
