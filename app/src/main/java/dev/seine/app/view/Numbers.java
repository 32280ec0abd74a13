package dev.seine.app.view;

import java.time.Duration;
import java.util.Locale;

/** Numbers as the view writes them, the same in every locale. */
final class Numbers {
    private Numbers() {}

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** {@code 940}, {@code 9.4k}, {@code 94k}, {@code 1.2M}. */
    static String count(double value) {
        if (value < 999.5) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        if (value < 9_950) {
            return String.format(Locale.ROOT, "%.1fk", value / 1e3);
        }
        return value < 999_500
                ? String.format(Locale.ROOT, "%.0fk", value / 1e3)
                : String.format(Locale.ROOT, "%.1fM", value / 1e6);
    }

    /** {@code 0:42}, {@code 12:03}, {@code 1:02:03}. */
    static String clock(Duration time) {
        return time.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
    }
}
