package dev.seine.app.promote;

import java.util.Locale;
import java.util.Map;

/**
 * What a version achieved on the held-out questions, with search.
 *
 * @param questions asked
 * @param accuracy share of the answers that cover an accepted one
 * @param searches mean searches a question
 */
public record Figures(int questions, double accuracy, double searches) {
    /** As they stand in events. */
    public Map<String, Double> metrics() {
        return Map.of("accuracy", accuracy, "searches", searches);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "accuracy %.3f, searches %.2f", accuracy, searches);
    }
}
