package dev.seine.app.report;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Scores over some questions; shares are 0 to 1.
 *
 * @param hops of the questions; 0 for all of a split together
 * @param accuracy share answered correctly by cover exact match
 * @param searches mean per question
 * @param wellFormed share that followed the grammar
 */
public record Evaluation(
        String dataset,
        String split,
        int hops,
        int questions,
        double accuracy,
        double exactMatch,
        double f1,
        double searches,
        double wellFormed) {

    /** The mean over all rows, weighted by questions; rows of one hop count are left out where their sum is there. */
    static Evaluation total(List<Evaluation> rows) {
        List<Evaluation> parts = rows.stream().filter(row -> counted(row, rows)).toList();
        return new Evaluation(
                "all",
                "",
                0,
                parts.stream().mapToInt(Evaluation::questions).sum(),
                mean(parts, Evaluation::accuracy),
                mean(parts, Evaluation::exactMatch),
                mean(parts, Evaluation::f1),
                mean(parts, Evaluation::searches),
                mean(parts, Evaluation::wellFormed));
    }

    /** Whether another row is about the same questions, of which this one may be before and that after. */
    boolean sameQuestions(Evaluation other) {
        return dataset.equals(other.dataset) && split.equals(other.split) && hops == other.hops;
    }

    private static boolean counted(Evaluation row, List<Evaluation> rows) {
        return row.hops == 0
                || rows.stream()
                        .noneMatch(
                                sum -> sum.hops == 0 && sum.dataset.equals(row.dataset) && sum.split.equals(row.split));
    }

    private static double mean(List<Evaluation> rows, ToDoubleFunction<Evaluation> figure) {
        double weighted = 0;
        long questions = 0;
        for (Evaluation row : rows) {
            weighted += figure.applyAsDouble(row) * row.questions;
            questions += row.questions;
        }
        return questions == 0 ? 0 : weighted / questions;
    }
}
