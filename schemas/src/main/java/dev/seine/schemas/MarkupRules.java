package dev.seine.schemas;

import java.util.List;
import java.util.Locale;

/** The rules that concern the order and content of spans. */
final class MarkupRules {
    private static final String UNKNOWN_WORD = "<unk>";
    private static final int QUOTED = 40;

    private final Dialect dialect;
    private final String text;
    private final List<Span> spans;
    private final Violations violations;

    MarkupRules(Dialect dialect, String text, List<Span> spans, Violations violations) {
        this.dialect = dialect;
        this.text = text;
        this.spans = spans;
        this.violations = violations;
    }

    void check(int thinkCloses) {
        if (dialect == Dialect.R1_SEARCHER && thinkCloses != 1) {
            violations.add("expected one </think>, got " + thinkCloses);
        }
        order();
        answer();
        int from = 0;
        for (Span span : spans) {
            // What comes from outside is not the policy's writing.
            if (span instanceof Span.Documents) {
                readable(from, span.start());
                from = span.end();
            }
        }
        readable(from, text.length());
    }

    private void order() {
        Span before = null;
        for (Span span : spans) {
            boolean documents = span instanceof Span.Documents;
            if (documents && !(before instanceof Span.Query)) {
                violations.add("documents block at " + span.start() + " follows no query: the policy wrote it itself");
            }
            if (!documents && before instanceof Span.Query) {
                violations.add("query at " + before.start() + " is not followed by its documents block");
            }
            if (span instanceof Span.Query && span.text().isEmpty()) {
                violations.add("empty query at " + span.start());
            }
            before = span;
        }
        if (before instanceof Span.Query) {
            violations.add("query at " + before.start() + " is not followed by its documents block");
        }
    }

    private void answer() {
        List<Span> answers =
                spans.stream().filter(Span.Answer.class::isInstance).toList();
        String tag = dialect.answerOpen() + "..." + dialect.answerClose();
        if (answers.size() != 1) {
            violations.add("expected one " + tag + ", got " + answers.size());
            return;
        }
        Span answer = answers.get(0);
        if (answer.text().isEmpty()) {
            violations.add("empty " + tag + " at " + answer.start());
        }
        String rest = text.substring(answer.end()).strip();
        if (!rest.isEmpty()) {
            violations.add("text after the answer: '" + rest.substring(0, Math.min(QUOTED, rest.length())) + "'");
        }
    }

    private void readable(int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (unreadable(c, i)) {
                violations.add(String.format(Locale.ROOT, "unreadable text at %d: U+%04X", i, (int) c));
                return;
            }
            if (c == '<' && text.startsWith(UNKNOWN_WORD, i)) {
                violations.add("unreadable text at " + i + ": " + UNKNOWN_WORD);
                return;
            }
        }
    }

    private boolean unreadable(char c, int at) {
        if (Character.isSurrogate(c)) {
            boolean first = Character.isHighSurrogate(c);
            int other = first ? at + 1 : at - 1;
            boolean paired = other >= 0 && other < text.length();
            return !paired
                    || Character.isHighSurrogate(text.charAt(other)) == first
                    || !Character.isSurrogate(text.charAt(other));
        }
        return c == '\uFFFD' || (Character.isISOControl(c) && c != '\n' && c != '\t' && c != '\r');
    }
}
