package dev.seine.app.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Every figure of an ablation; what its {@code report.json} holds.
 *
 * @param arms what each arm is, by name, in the grid's order; the first is the one that others are compared with
 * @param runs the finished ones
 * @param machine where it ran
 */
public record AblationData(String title, Map<String, String> arms, List<ArmRun> runs, ReportData.Machine machine) {

    /** Keeps copies; the arms' order counts. */
    public AblationData {
        arms = new LinkedHashMap<>(arms);
        runs = List.copyOf(runs);
    }

    /** Arms that have a finished run. */
    List<String> finished() {
        return arms.keySet().stream().filter(arm -> !of(arm).isEmpty()).toList();
    }

    /** The finished runs of an arm. */
    List<ArmRun> of(String arm) {
        return runs.stream().filter(run -> run.arm().equals(arm)).toList();
    }

    /** A figure of an arm over its seeds. */
    Spread spread(String arm, ToDoubleFunction<ArmRun> figure) {
        return Spread.of(of(arm).stream().map(run -> figure.applyAsDouble(run)).toList());
    }

    /** Mean and spread over seeds of every figure, by arm. */
    @JsonProperty("summary")
    public Map<String, Map<String, Spread>> summary() {
        Map<String, Map<String, Spread>> summary = new LinkedHashMap<>();
        for (String arm : finished()) {
            Map<String, Spread> figures = new LinkedHashMap<>();
            of(arm).stream()
                    .flatMap(run -> run.metrics().keySet().stream())
                    .distinct()
                    .forEach(name ->
                            figures.put(name, spread(arm, run -> run.metrics().getOrDefault(name, Double.NaN))));
            summary.put(arm, figures);
        }
        return summary;
    }

    /** What searching less cost and saved each arm but the first, against the first with the same seeds. */
    @JsonProperty("trades")
    public Map<String, SearchTrade> trades() {
        Map<String, SearchTrade> trades = new LinkedHashMap<>();
        List<String> names = finished();
        names.stream().skip(1).forEach(arm -> trades.put(arm, trade(arm, names.get(0))));
        return trades;
    }

    private SearchTrade trade(String arm, String reference) {
        SearchTrade sum = SearchTrade.NONE;
        for (ArmRun run : of(arm)) {
            for (ArmRun other : of(reference)) {
                if (run.seed() == other.seed()) {
                    sum = sum.plus(SearchTrade.of(run.answers(), other.answers()));
                }
            }
        }
        return sum;
    }

    /** Curves by arm, each the mean over the arm's seeds at each step that any of them has. */
    Map<String, List<Curve>> curves() {
        Map<String, List<Curve>> curves = new LinkedHashMap<>();
        for (String arm : finished()) {
            Map<String, SortedMap<Integer, List<Double>>> values = new LinkedHashMap<>();
            for (ArmRun run : of(arm)) {
                for (Curve curve : run.figures().curves()) {
                    for (int i = 0; i < curve.steps().size(); i++) {
                        int step = curve.steps().get(i);
                        values.computeIfAbsent(curve.name(), any -> new TreeMap<>())
                                .computeIfAbsent(step, any -> new ArrayList<>())
                                .add(curve.values().get(i));
                    }
                }
            }
            curves.put(
                    arm,
                    values.entrySet().stream()
                            .map(entry -> mean(entry.getKey(), entry.getValue()))
                            .toList());
        }
        return curves;
    }

    private static Curve mean(String name, SortedMap<Integer, List<Double>> values) {
        return new Curve(
                name,
                List.copyOf(values.keySet()),
                values.values().stream()
                        .map(at -> at.stream().reduce(0.0, Double::sum) / at.size())
                        .toList());
    }
}
