package dev.seine.schemas;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a trajectory's text. What cannot be read stays free text and is named as a violation, and reading goes
 * on behind it, so every char is looked at a constant number of times.
 */
final class MarkupParser {
    /** What a tag opens or closes. */
    enum Kind {
        INTERNAL,
        QUERY,
        DOCUMENTS,
        ANSWER,
        THINK
    }

    record Tag(String literal, Kind kind, boolean opens) {}

    /** Where a tag stands. */
    private record Found(Tag tag, int at) {
        int end() {
            return at + tag.literal().length();
        }
    }

    private static final List<Tag> PLUS_TAGS = plusTags();
    private static final List<Tag> FIRST_TAGS = firstTags();

    private final Dialect dialect;
    private final String text;
    private final List<Tag> tags;
    private final List<Span> spans = new ArrayList<>();
    private final Violations violations = new Violations();
    private int freeFrom;
    private int thinkCloses;

    MarkupParser(Dialect dialect, String text) {
        this.dialect = dialect;
        this.text = text;
        this.tags = tags(dialect);
    }

    /** Every tag of a dialect; the brace that closes a boxed answer is none, as it may stand anywhere. */
    static List<Tag> tags(Dialect dialect) {
        return dialect == Dialect.R1_SEARCHER_PP ? PLUS_TAGS : FIRST_TAGS;
    }

    Parsed parse() {
        Found found = next(0);
        while (found != null) {
            found = next(read(found));
        }
        freeText(text.length());
        new MarkupRules(dialect, text, spans, violations).check(thinkCloses);
        Optional<String> answer = spans.stream()
                .filter(Span.Answer.class::isInstance)
                .map(Span::text)
                .reduce((first, second) -> second);
        return new Parsed(dialect, spans, violations.list(), answer);
    }

    /** Reads what starts with a tag; returns where reading goes on. */
    private int read(Found found) {
        if (found.tag().kind() == Kind.THINK) {
            return think(found);
        }
        if (!found.tag().opens()) {
            violations.add("stray " + found.tag().literal() + " at " + found.at());
            return found.end();
        }
        if (found.tag().kind() == Kind.DOCUMENTS) {
            return documents(found);
        }
        return found.tag().literal().equals(Dialect.R1_SEARCHER_PP.answerOpen()) ? boxed(found) : element(found);
    }

    private int think(Found found) {
        if (found.tag().opens()) {
            violations.add("<think> at " + found.at() + ": the prompt has opened it already");
        } else {
            freeText(found.at());
            freeFrom = found.end();
            thinkCloses++;
            if (spans.stream().anyMatch(Span.Answer.class::isInstance) && thinkCloses == 1) {
                violations.add("</think> at " + found.at() + " comes after the answer");
            }
        }
        return found.end();
    }

    private int element(Found open) {
        Found close = next(open.end());
        if (close == null) {
            unclosed(open);
            return text.length();
        }
        if (closes(close, open)) {
            return add(open, close.at(), close.end());
        }
        violations.add("unclosed " + open.tag().literal() + " at " + open.at() + ": "
                + close.tag().literal() + " inside it at " + close.at());
        return close.at();
    }

    private int documents(Found open) {
        Found close = next(open.end());
        while (close != null) {
            if (closes(close, open)) {
                return add(open, close.at(), close.end());
            }
            violations.add(close.tag().literal() + " at " + close.at() + " inside the documents block at " + open.at());
            close = next(close.end());
        }
        unclosed(open);
        return text.length();
    }

    /** Reads to the brace that closes the box; braces inside it are paired, escaped ones are text. */
    private int boxed(Found open) {
        int depth = 1;
        for (int i = open.end(); i < text.length(); i++) {
            char c = text.charAt(i);
            Found inner = tagAt(i);
            if (inner != null) {
                violations.add(inner.tag().literal() + " at " + i + " inside the answer at " + open.at());
            }
            if (c == '\\' && i + 1 < text.length() && "{}\\".indexOf(text.charAt(i + 1)) >= 0) {
                i++;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return add(open, i, i + 1);
            }
        }
        unclosed(open);
        return text.length();
    }

    private int add(Found open, int contentEnd, int end) {
        freeText(open.at());
        String content = text.substring(open.end(), contentEnd).strip();
        spans.add(
                switch (open.tag().kind()) {
                    case INTERNAL -> new Span.Internal(content, open.at(), end);
                    case QUERY -> new Span.Query(content, open.at(), end);
                    case DOCUMENTS -> new Span.Documents(content, open.at(), end);
                    case ANSWER -> new Span.Answer(content, open.at(), end);
                    case THINK -> throw new IllegalStateException("think tags have no content of their own");
                });
        freeFrom = end;
        return end;
    }

    private void unclosed(Found open) {
        violations.add("unclosed " + open.tag().literal() + " at " + open.at());
    }

    private void freeText(int to) {
        int start = freeFrom;
        int end = to;
        while (start < end && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        if (start < end) {
            spans.add(new Span.Text(text.substring(start, end), start, end));
        }
    }

    private static boolean closes(Found close, Found open) {
        return !close.tag().opens() && close.tag().kind() == open.tag().kind();
    }

    private @Nullable Found next(int from) {
        for (int i = from; i < text.length(); i++) {
            Found found = tagAt(i);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable Found tagAt(int at) {
        char c = text.charAt(at);
        if (c == '<' || c == '\\') {
            for (Tag tag : tags) {
                if (text.startsWith(tag.literal(), at)) {
                    return new Found(tag, at);
                }
            }
        }
        return null;
    }

    private static List<Tag> plusTags() {
        Dialect plus = Dialect.R1_SEARCHER_PP;
        return List.of(
                new Tag(plus.internalOpen(), Kind.INTERNAL, true),
                new Tag(plus.internalClose(), Kind.INTERNAL, false),
                new Tag(plus.queryOpen(), Kind.QUERY, true),
                new Tag(plus.queryClose(), Kind.QUERY, false),
                new Tag(plus.documentsOpen(), Kind.DOCUMENTS, true),
                new Tag(plus.documentsClose(), Kind.DOCUMENTS, false),
                new Tag(plus.answerOpen(), Kind.ANSWER, true));
    }

    private static List<Tag> firstTags() {
        Dialect first = Dialect.R1_SEARCHER;
        return List.of(
                new Tag(first.queryOpen(), Kind.QUERY, true),
                new Tag(first.queryClose(), Kind.QUERY, false),
                new Tag(first.documentsOpen(), Kind.DOCUMENTS, true),
                new Tag(first.documentsClose(), Kind.DOCUMENTS, false),
                new Tag(first.answerOpen(), Kind.ANSWER, true),
                new Tag(first.answerClose(), Kind.ANSWER, false),
                new Tag(first.thinkOpen(), Kind.THINK, true),
                new Tag(first.thinkClose(), Kind.THINK, false));
    }
}
