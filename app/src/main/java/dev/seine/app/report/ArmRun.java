package dev.seine.app.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One arm of an ablation with one seed.
 *
 * @param arm its name
 * @param seed of the run
 * @param start which cold start it began from; equal where it was the same
 * @param figures what the recipe led to
 * @param answers to the evaluation's questions at the end
 * @param thirds the groups of the first, second and last third of training
 */
public record ArmRun(
        String arm,
        long seed,
        String start,
        ReportData.Recipe figures,
        List<Answered> answers,
        List<GroupStudy> thirds) {

    /** Keeps copies. */
    public ArmRun {
        answers = List.copyOf(answers);
        thirds = List.copyOf(thirds);
    }

    /** All figures by name, in order: scores by question set, memory probe by class of facts, speed, groups. */
    Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        evaluations(metrics, "", figures.after(), figures.totalAfter());
        evaluations(metrics, "before: ", figures.before(), figures.totalBefore());
        figures.recallAfter().forEach(recall -> metrics.put("probe: " + recall.factClass(), recall.accuracy()));
        figures.recallBefore()
                .forEach(recall -> metrics.put("before: probe: " + recall.factClass(), recall.accuracy()));
        figures.recallAfter()
                .forEach(recall -> metrics.put("probe facts: " + recall.factClass(), (double) recall.questions()));
        metrics.put("steps a minute", speed());
        GroupStudy groups = thirds.stream().reduce(GroupStudy.NONE, GroupStudy::plus);
        metrics.put("groups", (double) groups.groups());
        metrics.put("mixed groups", (double) groups.mixed());
        metrics.put("mixed groups: wrong without search, right with", (double) groups.wrongUnsearched());
        metrics.put("mixed groups: wrong with fewer searches than any right", (double) groups.wrongWithFewer());
        return metrics;
    }

    /** Steps a minute; not a number if the run's end was resumed after its last step. */
    double speed() {
        double speed = figures.throughput().stepsPerMinute();
        return speed > 0 ? speed : Double.NaN;
    }

    private static void evaluations(
            Map<String, Double> metrics, String prefix, List<Evaluation> rows, Evaluation total) {
        rows.stream().filter(row -> row.hops() == 0).forEach(row -> scores(metrics, prefix + row.dataset(), row));
        scores(metrics, prefix + "all", total);
    }

    private static void scores(Map<String, Double> metrics, String name, Evaluation row) {
        metrics.put(name + " accuracy", row.accuracy());
        metrics.put(name + " em", row.exactMatch());
        metrics.put(name + " f1", row.f1());
        metrics.put(name + " searches", row.searches());
        metrics.put(name + " well-formed", row.wellFormed());
    }
}
