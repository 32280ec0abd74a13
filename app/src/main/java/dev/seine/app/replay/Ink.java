package dev.seine.app.replay;

import java.io.Console;
import java.util.Optional;

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

    /** Whether somebody looks at a terminal who has not said {@code NO_COLOR}. */
    static boolean wanted() {
        return System.getenv("NO_COLOR") == null
                && Optional.ofNullable(System.console()).filter(Ink::terminal).isPresent();
    }

    /** Newer JDKs have a console for files and pipes as well, and a method that tells. */
    private static boolean terminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
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
