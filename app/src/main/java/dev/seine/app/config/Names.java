package dev.seine.app.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** How components and constants are written in TOML, and what a misspelt key may have meant. */
final class Names {
    private Names() {}

    /** {@code groupSize} and {@code GROUP_SIZE} are written {@code group-size}; {@code topP} is {@code top-p}. */
    static String kebab(String name) {
        String words =
                name.equals(name.toUpperCase(Locale.ROOT)) ? name : name.replaceAll("([a-z0-9])([A-Z])", "$1-$2");
        return words.replace('_', '-').toLowerCase(Locale.ROOT);
    }

    /** The known name nearest to {@code name}, if any is near: a third of its letters wrong at most. */
    static Optional<String> nearest(String name, Collection<String> known) {
        String wanted = kebab(name);
        int limit = Math.max(2, wanted.length() / 3);
        return known.stream()
                .filter(candidate -> distance(wanted, candidate) <= limit)
                .min(Comparator.comparingInt(candidate -> distance(wanted, candidate)));
    }

    /** Levenshtein distance in characters. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
