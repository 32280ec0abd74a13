package dev.seine.app.report;

import java.util.List;

/**
 * A figure over repetitions.
 *
 * @param n repetitions
 * @param mean their mean
 * @param deviation sample standard deviation; 0 for fewer than two
 */
public record Spread(int n, double mean, double deviation) {

    /** Of these values, leaving out what is not a number. */
    public static Spread of(List<Double> values) {
        List<Double> finite = values.stream().filter(Double::isFinite).toList();
        double mean = finite.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        double squares = finite.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        return new Spread(finite.size(), mean, finite.size() < 2 ? 0 : Math.sqrt(squares / (finite.size() - 1)));
    }

    /** {@code 94.2% ± 1.3}: of a share, in percent. */
    String percent() {
        return n == 0 ? "–" : Figures.percent(mean) + (n < 2 ? "" : " ± " + Figures.tenths(100 * deviation));
    }

    /** {@code 1.24 ± 0.05}. */
    String decimal() {
        return n == 0 ? "–" : Figures.decimal(mean) + (n < 2 ? "" : " ± " + Figures.decimal(deviation));
    }
}
