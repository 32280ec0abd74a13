package dev.seine.schemas;

import dev.seine.schemas.MarkupParser.Kind;
import dev.seine.schemas.MarkupParser.Tag;
import java.util.List;
import java.util.Optional;

/**
 * Reads a trajectory's text while it is being written, and tells what a reader may see of it so far. What has been told is never taken back;
 * what may still turn out to be part of a tag is held back until it is decided. For a well-formed text the answer is that of {@link
 * Markup#parse}; whatever the text, no tag of the dialect is ever told, and a second answer counts as thinking.
 */
public final class MarkupStream {
    private static final char NOT_LESS_THAN = '\u2039';
    private static final String BOX = "\\boxed";
    private static final char UNFINISHED = '\ufffd';

    /** Text that goes to one place: white space at its two ends is left out, between its parts kept, or made one space. */
    private static final class Sink {
        private final boolean single;
        private final StringBuilder told = new StringBuilder();
        private final StringBuilder blank = new StringBuilder();
        private int taken;

        Sink(boolean single) {
            this.single = single;
        }

        void add(char c) {
            if (Character.isWhitespace(c)) {
                blank.append(c);
                return;
            }
            if (told.length() > 0 && blank.length() > 0) {
                told.append(single ? " " : blank);
            }
            blank.setLength(0);
            // An escaped backslash before "boxed{" would make a tag of what is none.
            told.append(c == '{' && ends(BOX) ? '(' : c);
        }

        private boolean ends(String with) {
            return told.indexOf(with, Math.max(0, told.length() - with.length())) >= 0;
        }

        String take() {
            String fresh = told.substring(taken);
            taken = told.length();
            return fresh;
        }
    }

    private final List<Tag> tags;
    private final boolean boxed;
    private final Sink thinking = new Sink(true);
    private final Sink answer = new Sink(false);
    private Optional<Kind> inside = Optional.empty();
    private boolean answered;
    private int depth;
    private int read;

    /** A text in this dialect. */
    public MarkupStream(Dialect dialect) {
        this.tags = MarkupParser.tags(dialect);
        this.boxed = dialect == Dialect.R1_SEARCHER_PP;
    }

    /**
     * Reads on.
     *
     * @param text the whole text so far: what was given before and what has come since
     */
    public void read(String text) {
        int end = text.length();
        while (end > read && text.charAt(end - 1) == UNFINISHED) {
            end--; // half a character of a byte-level vocabulary
        }
        while (read < end) {
            Optional<Tag> tag = tagAt(text, read);
            if (tag.isPresent()) {
                enter(tag.get());
                read += tag.get().literal().length();
            } else if (undecided(text, read, end)) {
                return;
            } else {
                read += content(text, read, end);
            }
        }
    }

    /** Text on the way to the answer that has come since the last call. */
    public String thinking() {
        return thinking.take();
    }

    /** Text of the answer that has come since the last call. */
    public String answer() {
        return answer.take();
    }

    private void enter(Tag tag) {
        answered |= inside.filter(kind -> kind == Kind.ANSWER).isPresent();
        thinking.add(' ');
        boolean opens = tag.opens() && tag.kind() != Kind.THINK;
        inside = opens ? Optional.of(tag.kind()) : Optional.empty();
        depth = opens && tag.kind() == Kind.ANSWER ? 1 : 0;
    }

    /** Takes what stands here, which no tag begins with; returns how many chars that were. */
    private int content(String text, int at, int end) {
        char c = text.charAt(at);
        if (boxed && depth > 0) {
            if (c == '\\' && at + 1 < end && "{}\\".indexOf(text.charAt(at + 1)) >= 0) {
                tell(c);
                tell(text.charAt(at + 1));
                return 2;
            }
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                answered = true;
                inside = Optional.empty();
                return 1;
            }
        }
        tell(harmless(text, at, end));
        return 1;
    }

    private void tell(char c) {
        if (inside.isEmpty() || inside.get() == Kind.INTERNAL) {
            thinking.add(c);
        } else if (inside.get() == Kind.ANSWER) {
            (answered ? thinking : answer).add(c);
        }
    }

    /** As in {@link Markup#sanitise}: what is told cannot be put together to a tag either. */
    private static char harmless(String text, int at, int end) {
        char c = text.charAt(at);
        if (c == '<') {
            char next = at + 1 < end ? text.charAt(at + 1) : c;
            return next == ' ' || next == '=' || Character.isDigit(next) ? c : NOT_LESS_THAN;
        }
        return Character.isISOControl(c) && c != '\n' && c != '\t' ? ' ' : c;
    }

    private Optional<Tag> tagAt(String text, int at) {
        return tags.stream().filter(tag -> text.startsWith(tag.literal(), at)).findFirst();
    }

    /** Whether what follows may make a tag, or an escape, of this. */
    private boolean undecided(String text, int at, int end) {
        String rest = text.substring(at, Math.min(end, at + 24));
        char c = text.charAt(at);
        boolean last = at + 1 == end;
        return (last && (c == '<' || c == '\\'))
                || (at + rest.length() == end
                        && tags.stream().anyMatch(tag -> tag.literal().startsWith(rest)));
    }
}
