package dev.seine.app.view;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What the panel's sparklines show: one value per step, forgotten when a new stage begins. Used by one thread. */
final class History {
    private static final int LONGEST = 4096;

    /** A number with a curve. */
    enum Curve {
        LOSS,
        REWARD,
        ACCURACY,
        SEARCHES,
        STALENESS
    }

    private final Map<Curve, List<Double>> curves = new EnumMap<>(Curve.class);
    private String stage = "";
    private int step = -1;

    History() {
        for (Curve curve : Curve.values()) {
            curves.put(curve, new ArrayList<>());
        }
    }

    /** Adds the values of a step that was not seen before. */
    void add(Progress progress) {
        if (!progress.stage().equals(stage)) {
            curves.values().forEach(List::clear);
            stage = progress.stage();
            step = -1;
        }
        if (progress.step() == step) {
            return;
        }
        step = progress.step();
        add(Curve.LOSS, progress.loss());
        add(Curve.REWARD, progress.reward());
        add(Curve.ACCURACY, progress.accuracy());
        add(Curve.SEARCHES, progress.searches());
        add(Curve.STALENESS, progress.staleness());
    }

    List<Double> of(Curve curve) {
        return List.copyOf(curves.getOrDefault(curve, List.of()));
    }

    private void add(Curve curve, OptionalDouble value) {
        List<Double> values = curves.computeIfAbsent(curve, any -> new ArrayList<>());
        value.ifPresent(values::add);
        if (values.size() > LONGEST) {
            values.remove(0);
        }
    }
}
