package dev.seine.app.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Two recipes on the same questions, each at its end.
 *
 * @param fewerSearches 1 - searches / other searches; 0 if the other never searched
 */
public record Comparison(
        String recipe,
        String other,
        String dataset,
        String split,
        int hops,
        double accuracy,
        double otherAccuracy,
        double searches,
        double otherSearches,
        double fewerSearches) {

    /** All questions together first, then row by row those that both recipes were evaluated on. */
    static List<Comparison> of(ReportData.Recipe recipe, ReportData.Recipe other) {
        List<Comparison> rows = new ArrayList<>();
        rows.add(of(recipe.name(), other.name(), recipe.totalAfter(), other.totalAfter()));
        for (Evaluation mine : recipe.after()) {
            other.after().stream()
                    .filter(mine::sameQuestions)
                    .findFirst()
                    .ifPresent(theirs -> rows.add(of(recipe.name(), other.name(), mine, theirs)));
        }
        return List.copyOf(rows);
    }

    private static Comparison of(String recipe, String other, Evaluation mine, Evaluation theirs) {
        return new Comparison(
                recipe,
                other,
                mine.dataset(),
                mine.split(),
                mine.hops(),
                mine.accuracy(),
                theirs.accuracy(),
                mine.searches(),
                theirs.searches(),
                theirs.searches() > 0 ? 1 - mine.searches() / theirs.searches() : 0);
    }
}
