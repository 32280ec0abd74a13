package dev.seine.app.report;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A mean with its 95% confidence interval.
 *
 * @param mean not a number if there is no value
 * @param low 2.5th percentile of the means of resamples
 * @param high 97.5th percentile
 */
public record Interval(double mean, double low, double high) {
    private static final int RESAMPLES = 1000;
    private static final double TAIL = 0.025;

    /** Percentile bootstrap: means of {@value #RESAMPLES} resamples of equal size, drawn with replacement by the seed. */
    public static Interval of(List<Double> values, long seed) {
        double[] all = values.stream().mapToDouble(Double::doubleValue).toArray();
        if (all.length == 0) {
            return new Interval(Double.NaN, Double.NaN, Double.NaN);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] means = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            double sum = 0;
            for (int j = 0; j < all.length; j++) {
                sum += all[random.nextInt(all.length)];
            }
            means[i] = sum / all.length;
        }
        Arrays.sort(means);
        return new Interval(
                Arrays.stream(all).average().orElseThrow(),
                means[(int) (TAIL * RESAMPLES)],
                means[(int) ((1 - TAIL) * RESAMPLES) - 1]);
    }

    /** Half of the interval's width. */
    double half() {
        return (high - low) / 2;
    }

    /** {@code 94.2% (91.0–96.8)}. */
    String percent() {
        return Double.isNaN(mean)
                ? "–"
                : Figures.percent(mean) + " (" + Figures.tenths(100 * low) + "–" + Figures.tenths(100 * high) + ")";
    }

    /** {@code 1.24 (1.10–1.38)}. */
    String decimal() {
        return Double.isNaN(mean)
                ? "–"
                : Figures.decimal(mean) + " (" + Figures.decimal(low) + "–" + Figures.decimal(high) + ")";
    }
}
