package dev.seine.streams.reward;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Words of a text as the published evaluation of R1-Searcher sees them: lower-case, underscores and punctuation as
 * white space, without articles; the texts "True" and "False" stand for yes and no.
 */
public final class Words {
    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u2018\u2019\u00b4";
    private static final Set<String> ARTICLES = Set.of("a", "an", "the");

    private Words() {}

    /** The normalised words in order. */
    public static List<String> of(String text) {
        String lower = truth(text).toLowerCase(Locale.ROOT);
        StringBuilder out = new StringBuilder(lower.length());
        int at = 0;
        while (at < lower.length()) {
            int end = at;
            while (end < lower.length() && wordChar(lower.codePointAt(end))) {
                end += Character.charCount(lower.codePointAt(end));
            }
            if (end > at) {
                String run = lower.substring(at, end);
                out.append(ARTICLES.contains(run) ? " " : run);
                at = end;
            } else {
                int c = lower.codePointAt(at);
                out.appendCodePoint(PUNCTUATION.indexOf(c) >= 0 ? ' ' : c);
                at += Character.charCount(c);
            }
        }
        return split(out);
    }

    /** How many words a text has, counted at white space only. */
    public static int count(String text) {
        return split(text).size();
    }

    private static String truth(String text) {
        return switch (text) {
            case "True" -> "yes";
            case "False" -> "no";
            default -> text;
        };
    }

    private static List<String> split(CharSequence text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean space = i == text.length() || space(text.charAt(i));
            if (space && start >= 0) {
                words.add(text.subSequence(start, i).toString());
                start = -1;
            } else if (!space && start < 0) {
                start = i;
            }
        }
        return words;
    }

    private static boolean space(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }

    private static boolean wordChar(int c) {
        int type = Character.getType(c);
        return Character.isLetterOrDigit(c) || type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER;
    }
}
