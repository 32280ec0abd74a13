package dev.seine.app.view;

import java.util.List;

/** A row of numbers as a row of characters. */
final class Sparkline {
    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final String PLAIN = "_.-=*#";

    private Sparkline() {}

    /**
     * The values in at most {@code width} characters, the oldest first; where there are more values than characters, each
     * character is the mean of its share. The scale runs from the least to the greatest value shown, and at least over
     * {@code span}, so that noise does not look like movement.
     */
    static String of(List<Double> values, int width, double span, boolean unicode) {
        if (values.isEmpty() || width < 1) {
            return "";
        }
        double[] shown = means(values, width);
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double value : shown) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        double range = Math.max(high - low, span);
        String glyphs = unicode ? BARS : PLAIN;
        StringBuilder line = new StringBuilder();
        for (double value : shown) {
            int level = (int) ((value - low) / range * (glyphs.length() - 1) + 0.5);
            line.append(glyphs.charAt(level));
        }
        return line.toString();
    }

    private static double[] means(List<Double> values, int width) {
        int cells = Math.min(width, values.size());
        double[] means = new double[cells];
        for (int i = 0; i < cells; i++) {
            int from = (int) ((long) i * values.size() / cells);
            int to = (int) ((long) (i + 1) * values.size() / cells);
            means[i] = values.subList(from, to).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow();
        }
        return means;
    }
}
