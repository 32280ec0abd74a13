package dev.seine.app.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * One checkpoint on one question set; shares are 0 to 1, right means cover exact match.
 *
 * @param hops of the questions; 0 for all together
 * @param judge share that the judge calls right, of those that it judged
 * @param unjudged answers that the judge failed to judge, by reason; they count neither as right nor as wrong
 * @param searchesRight mean over the right answers; not a number if there are none
 * @param searchesWrong mean over the wrong answers
 */
public record Score(
        String checkpoint,
        String dataset,
        int hops,
        int questions,
        Interval accuracy,
        Interval exactMatch,
        Interval f1,
        Interval judge,
        Map<String, Long> unjudged,
        Interval searches,
        double searchesRight,
        double searchesWrong,
        double wellFormed) {

    /** The set as a whole, then by hops where these are known. */
    public static List<Score> of(String checkpoint, String dataset, List<Graded> answers, long seed) {
        List<Score> scores = new ArrayList<>(List.of(of(checkpoint, dataset, 0, answers, seed)));
        Map<Integer, List<Graded>> byHops = answers.stream()
                .filter(answer -> answer.hops() > 0)
                .collect(Collectors.groupingBy(Graded::hops, TreeMap::new, Collectors.toList()));
        if (byHops.size() > 1) {
            byHops.forEach((hops, part) -> scores.add(of(checkpoint, dataset, hops, part, seed)));
        }
        return List.copyOf(scores);
    }

    private static Score of(String checkpoint, String dataset, int hops, List<Graded> answers, long seed) {
        Map<String, Long> unjudged = new TreeMap<>(answers.stream()
                .filter(answer ->
                        answer.judge() != Graded.Verdict.NONE && !answer.judge().given())
                .collect(Collectors.groupingBy(answer -> answer.judge().name(), Collectors.counting())));
        List<Graded> judged =
                answers.stream().filter(answer -> answer.judge().given()).toList();
        return new Score(
                checkpoint,
                dataset,
                hops,
                answers.size(),
                interval(answers, Graded::cem, seed),
                interval(answers, Graded::em, seed),
                interval(answers, Graded::f1, seed),
                interval(judged, answer -> answer.judge() == Graded.Verdict.RIGHT ? 1 : 0, seed),
                unjudged,
                interval(answers, Graded::searches, seed),
                searches(answers, true),
                searches(answers, false),
                answers.stream()
                        .mapToDouble(answer -> answer.wellFormed() ? 1 : 0)
                        .average()
                        .orElse(Double.NaN));
    }

    private static Interval interval(List<Graded> answers, ToDoubleFunction<Graded> figure, long seed) {
        return Interval.of(answers.stream().map(figure::applyAsDouble).toList(), seed);
    }

    private static double searches(List<Graded> answers, boolean right) {
        return answers.stream()
                .filter(answer -> answer.cem() == 1 == right)
                .mapToInt(Graded::searches)
                .average()
                .orElse(Double.NaN);
    }

    /** The means by name, without what is not a number, as they go into events. */
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("accuracy", accuracy.mean());
        metrics.put("accuracy-low", accuracy.low());
        metrics.put("accuracy-high", accuracy.high());
        metrics.put("em", exactMatch.mean());
        metrics.put("f1", f1.mean());
        metrics.put("judge", judge.mean());
        metrics.put("searches", searches.mean());
        metrics.put("searches-right", searchesRight);
        metrics.put("searches-wrong", searchesWrong);
        metrics.put("well-formed", wellFormed);
        metrics.values().removeIf(value -> Double.isNaN(value));
        return metrics;
    }
}
