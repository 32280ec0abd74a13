package dev.seine.streams.reward;

import java.util.Arrays;

/**
 * Mean and population standard deviation. Equal values have exactly their value as mean and 0 as deviation, without
 * rounding: a group in which all rewards are equal must carry no gradient.
 */
record Spread(double mean, double std) {
    static Spread of(double[] values) {
        if (Arrays.stream(values).allMatch(value -> value == values[0])) {
            return new Spread(values.length == 0 ? 0 : values[0], 0);
        }
        double mean = Arrays.stream(values).sum() / values.length;
        double variance = Arrays.stream(values)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / values.length;
        return new Spread(mean, Math.sqrt(variance));
    }
}
