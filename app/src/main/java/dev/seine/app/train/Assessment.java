package dev.seine.app.train;

import dev.seine.app.report.Evaluation;
import dev.seine.app.report.Example;
import dev.seine.app.report.Recall;
import dev.seine.event.Question;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.producers.generator.SearchMode;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import dev.seine.schemas.Span;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What a policy can do at one moment: its answers to each held-out question set, with search, and to the memory probe, without.
 *
 * @param answers by question set
 * @param probe answers to single facts; empty if the data has no probe
 */
record Assessment(Map<String, List<ScoredTrajectory>> answers, List<ScoredTrajectory> probe) {
    private static final int EXAMPLES = 10;

    /** Asks everything that the run folder has. */
    static Assessment of(Evaluator evaluator, RunFolder folder) {
        Map<String, List<ScoredTrajectory>> answers = new LinkedHashMap<>();
        for (String set : QuestionSets.evaluated(folder)) {
            answers.put(set, evaluator.ask(QuestionSets.read(folder.evaluationQuestions(set)), SearchMode.FREE));
        }
        Path probe = folder.evaluationQuestions(QuestionSets.PROBE);
        List<Question> facts = Files.exists(probe) ? QuestionSets.read(probe) : List.of();
        return new Assessment(answers, evaluator.ask(facts, SearchMode.NEVER));
    }

    /** Scores by set, and within a set by hops. */
    List<Evaluation> evaluations() {
        List<Evaluation> rows = new ArrayList<>();
        answers.forEach((set, list) -> {
            rows.add(evaluation(set, 0, list));
            Map<Integer, List<ScoredTrajectory>> byHops = list.stream()
                    .filter(a -> a.getTrajectory().getHops() > 0)
                    .collect(
                            Collectors.groupingBy(a -> a.getTrajectory().getHops(), TreeMap::new, Collectors.toList()));
            byHops.forEach((hops, part) -> rows.add(evaluation(set, hops, part)));
        });
        return List.copyOf(rows);
    }

    static Evaluation evaluation(String set, int hops, List<ScoredTrajectory> list) {
        return new Evaluation(
                set,
                "",
                hops,
                list.size(),
                mean(list, ScoredTrajectory::getCem),
                mean(list, ScoredTrajectory::getEm),
                mean(list, ScoredTrajectory::getF1),
                mean(list, a -> a.getTrajectory().getSearches()),
                mean(list, a -> a.getViolations().isEmpty() ? 1 : 0));
    }

    /**
     * Closed-book accuracy by class of fact.
     *
     * @param retrieved ids of the passages that training looked up
     */
    List<Recall> recall(Set<String> retrieved) {
        Map<String, List<ScoredTrajectory>> classes = probe.stream()
                .collect(Collectors.groupingBy(
                        a -> factClass(a.getTrajectory(), retrieved), TreeMap::new, Collectors.toList()));
        return classes.entrySet().stream()
                .map(e -> new Recall(e.getKey(), e.getValue().size(), mean(e.getValue(), ScoredTrajectory::getCem)))
                .toList();
    }

    private static String factClass(Trajectory fact, Set<String> retrieved) {
        return switch (fact.getSplit()) {
            case "passages-only" ->
                retrieved.contains(fact.getQuestionId())
                        ? "not in the cold start, retrieved in training"
                        : "not in the cold start, never retrieved";
            case "held-out" -> "held-out entities";
            default -> Recall.COLD_START;
        };
    }

    /** The first questions of each set, as examples. */
    List<Example> examples() {
        int each = Math.max(1, EXAMPLES / Math.max(1, answers.size()));
        return answers.values().stream()
                .flatMap(list -> list.stream().limit(each))
                .map(Assessment::example)
                .toList();
    }

    private static Example example(ScoredTrajectory answer) {
        Trajectory trajectory = answer.getTrajectory();
        List<Example.Segment> segments =
                Markup.parse(Dialect.of(trajectory.getDialect()), trajectory.getText()).spans().stream()
                        .map(span -> new Example.Segment(kind(span), span.text()))
                        .toList();
        return new Example(
                trajectory.getQuestionId(),
                trajectory.getQuestion(),
                trajectory.getAnswers(),
                segments,
                answer.getAnswer(),
                answer.getCorrect(),
                trajectory.getSearches(),
                trajectory.getFinish().name());
    }

    private static Example.Kind kind(Span span) {
        if (span instanceof Span.Internal) {
            return Example.Kind.INTERNAL;
        }
        if (span instanceof Span.Query) {
            return Example.Kind.QUERY;
        }
        if (span instanceof Span.Documents) {
            return Example.Kind.DOCUMENTS;
        }
        return span instanceof Span.Answer ? Example.Kind.ANSWER : Example.Kind.TEXT;
    }

    private static double mean(List<ScoredTrajectory> list, ToDoubleFunction<ScoredTrajectory> figure) {
        return list.stream().mapToDouble(figure).average().orElse(0);
    }
}
