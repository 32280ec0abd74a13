package dev.seine.producers.retrieval;

/** Sizes that text from outside is held to. */
public final class Bounds {
    /** Longest passage id in characters. */
    public static final int MAX_ID = 200;
    /** Longest title in characters. */
    public static final int MAX_TITLE = 300;

    private Bounds() {}

    /** The text, if it is longer than the bound cut after its last whole word, or inside the word if it is only one. */
    public static String cut(String text, int maxChars) {
        if (text.length() <= maxChars) {
            return text;
        }
        int end = maxChars;
        while (end > 0 && !Character.isWhitespace(text.charAt(end))) {
            end--;
        }
        if (end == 0) {
            end = maxChars > 0 && Character.isHighSurrogate(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
        }
        return text.substring(0, end).stripTrailing();
    }
}
