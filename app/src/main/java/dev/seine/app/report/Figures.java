package dev.seine.app.report;

import java.time.Duration;
import java.util.Locale;

/** Figures as the page writes them, the same in every locale. */
final class Figures {
    private static final double GIB = 1L << 30;

    private Figures() {}

    /** {@code 93.4%}. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    static String tenths(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** With thousands set apart; decimals only for small numbers. */
    static String number(double value) {
        boolean whole = value == Math.rint(value) || Math.abs(value) >= 100;
        return String.format(Locale.ROOT, whole ? "%,.0f" : "%,.2f", value);
    }

    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.2f GiB", bytes / GIB);
    }

    /** {@code 42 s}, {@code 7 min 03 s}, {@code 1 h 02 min}. */
    static String time(double seconds) {
        Duration time = Duration.ofSeconds(Math.round(seconds));
        if (time.toMinutes() == 0) {
            return time.toSeconds() + " s";
        }
        return time.toHours() == 0
                ? String.format(Locale.ROOT, "%d min %02d s", time.toMinutes(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%d h %02d min", time.toHours(), time.toMinutesPart());
    }

    /** A change in points of a percent, signed: {@code +12.3 points}. */
    static String points(double before, double after) {
        return String.format(Locale.ROOT, "%+.1f points", 100 * (after - before))
                .replace('-', '−');
    }

    /** {@code 61.8% → 93.4%}. */
    static String change(String before, String after) {
        return before.equals(after) ? after : before + " → " + after;
    }

    /** {@code 45.0% fewer}, {@code 3.1% more}. */
    static String fewer(double share) {
        return share < 0 ? percent(-share) + " more" : percent(share) + " fewer";
    }
}
