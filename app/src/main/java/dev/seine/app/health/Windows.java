package dev.seine.app.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Means of step metrics over windows of consecutive steps. */
final class Windows {
    private final List<Map<String, Double>> steps;
    private final int width;

    Windows(SortedMap<Integer, Map<String, Double>> metrics, int width) {
        this.steps = new ArrayList<>(metrics.values());
        this.width = width;
    }

    /** Whether the first and the last window have no step in common. */
    boolean comparable() {
        return steps.size() >= 2 * width;
    }

    /** Mean over the first window of a figure that is itself a mean, by the weight of each step; 0 if none has any. */
    double first(String metric, String weight) {
        return weighted(metric, weight, 0);
    }

    /** The same over the last window. */
    double last(String metric, String weight) {
        return weighted(metric, weight, steps.size() - width);
    }

    private double weighted(String metric, String weight, int from) {
        double sum = 0;
        double weights = 0;
        for (int i = from; i < from + width; i++) {
            sum += value(metric, i) * value(weight, i);
            weights += value(weight, i);
        }
        return weights == 0 ? 0 : sum / weights;
    }

    double first(String metric) {
        return mean(metric, 0);
    }

    double last(String metric) {
        return mean(metric, steps.size() - width);
    }

    /** First step, from 0, of the window in which the metric's mean is greatest; the earliest of equals. */
    int best(String metric) {
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (int i = 0; i < steps.size(); i++) {
            sum += value(metric, i) - (i < width ? 0 : value(metric, i - width));
            if (i >= width - 1 && sum / width > most + 1e-9) {
                most = sum / width;
                best = i - width + 1;
            }
        }
        return best;
    }

    /** Mean over the window that begins with this step; a step without the metric counts as 0. */
    double mean(String metric, int from) {
        double sum = 0;
        for (int i = from; i < from + width; i++) {
            sum += value(metric, i);
        }
        return sum / width;
    }

    private double value(String metric, int step) {
        return steps.get(step).getOrDefault(metric, 0.0);
    }
}
