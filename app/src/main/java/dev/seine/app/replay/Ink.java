package dev.seine.app.replay;

/** Colours of a transcript; none where they would only be noise, such as in a file. Text of others is made harmless either way. */
public enum Ink {
    /** What the policy thinks. */
    REASONING("0"),
    /** What it recalls. */
    INTERNAL("35"),
    /** What it searches for. */
    QUERY("36"),
    /** What was found. */
    DOCUMENTS("2"),
    /** What it answers. */
    ANSWER("1;32"),
    /** What is right. */
    GOOD("32"),
    /** What is wrong. */
    BAD("31"),
    /** What is said about it all. */
    HEADING("1");

    private final String code;

    Ink(String code) {
        this.code = code;
    }

    /** The text in this colour; plain if colours are off. */
    String on(String text, boolean colours) {
        return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    /** Text of a log with nothing in it that a terminal would obey: no control characters but new lines, nothing that reorders. */
    static String harmless(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean reorders = (c >= '\u202A' && c <= '\u202E') || (c >= '\u2066' && c <= '\u2069');
            safe.append((Character.isISOControl(c) && c != '\n' && c != '\t') || reorders ? '\uFFFD' : c);
        }
        return safe.toString();
    }
}
