package dev.seine.app.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * One metric over the steps of reinforcement learning.
 *
 * @param name of the metric; also names its picture
 * @param steps rising
 * @param values one for each step
 */
public record Curve(String name, List<Integer> steps, List<Double> values) {

    public Curve {
        if (steps.size() != values.size()) {
            throw new IllegalArgumentException(
                    "curve " + name + " has " + steps.size() + " steps, got " + values.size() + " values");
        }
        steps = List.copyOf(steps);
        values = List.copyOf(values);
    }

    /** The curves of metrics given step by step, in the order in which the metrics first appear. */
    public static List<Curve> of(SortedMap<Integer, ? extends Map<String, Double>> metricsByStep) {
        Map<String, Map<Integer, Double>> byName = new LinkedHashMap<>();
        metricsByStep.forEach((step, metrics) -> metrics.forEach((name, value) ->
                byName.computeIfAbsent(name, any -> new LinkedHashMap<>()).put(step, value)));
        List<Curve> curves = new ArrayList<>();
        byName.forEach((name, points) ->
                curves.add(new Curve(name, List.copyOf(points.keySet()), List.copyOf(points.values()))));
        return List.copyOf(curves);
    }
}
