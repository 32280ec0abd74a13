package dev.seine.app.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The tables of the report. */
final class Tables {
    /** Accuracy on the cold start's facts that may be lost by chance. */
    private static final double FORGETTING = 0.02;

    private Tables() {}

    /** Scores of one recipe, before and after. */
    static Table evaluation(ReportData.Recipe recipe) {
        Table table = new Table(
                "Evaluation of " + recipe.name() + ", before → after reinforcement learning",
                "Questions",
                "n",
                "Accuracy",
                "Exact match",
                "F1",
                "Searches",
                "Well formed");
        for (Evaluation after : recipe.after()) {
            Optional<Evaluation> before =
                    recipe.before().stream().filter(after::sameQuestions).findFirst();
            table.row(scores(name(after.dataset(), after.split(), after.hops()), before.orElse(after), after));
        }
        boolean comparable = !recipe.before().isEmpty();
        Evaluation total = recipe.totalAfter();
        return table.total(scores("All", comparable ? recipe.totalBefore() : total, total));
    }

    /** What is known by heart, before and after. */
    static Table recall(ReportData.Recipe recipe) {
        Table table = new Table(
                "Memory probe of " + recipe.name() + ": single facts, search switched off",
                "Facts",
                "n",
                "Before",
                "After");
        for (Recall after : recipe.recallAfter()) {
            String before = recipe.recallBefore().stream()
                    .filter(recall -> recall.factClass().equals(after.factClass()))
                    .findFirst()
                    .map(recall -> Figures.percent(recall.accuracy()))
                    .orElse("–");
            table.row(after.factClass(), Figures.count(after.questions()), before, Figures.percent(after.accuracy()));
        }
        double forgotten = recipe.forgotten();
        if (forgotten > FORGETTING) {
            table.row("of the cold start's, forgotten", "", "", Figures.percent(forgotten));
        }
        return table;
    }

    /** One recipe against another. */
    static Table comparison(List<Comparison> rows) {
        Comparison first = rows.get(0);
        Table table = new Table(
                first.recipe() + " against " + first.other() + ", from the same cold start",
                "Questions",
                "Accuracy, " + first.recipe(),
                first.other(),
                "Searches, " + first.recipe(),
                first.other(),
                "Difference");
        rows.stream().skip(1).forEach(row -> table.row(cells(row)));
        return table.total(cells(first));
    }

    /** Where every trajectory went. */
    static Table accounting(ReportData.Recipe recipe) {
        ReportData.Accounting accounting = recipe.accounting();
        Table table = new Table("Trajectories of " + recipe.name(), "Trajectories", "Count");
        table.row("Produced", Figures.count(accounting.produced()));
        table.row("Trained", Figures.count(accounting.trained()));
        new TreeMap<>(accounting.skipped())
                .forEach((reason, count) -> table.row("Skipped: " + reason, Figures.count(count)));
        table.row("In flight", Figures.count(accounting.inFlight()));
        return table.total("Produced = trained + skipped + in flight", accounting.exact() ? "holds" : "DOES NOT HOLD");
    }

    /** What the early warnings found; empty if nothing. */
    static Table health(ReportData.Recipe recipe) {
        Table table = new Table("Early warnings of " + recipe.name(), "Step", "Collapse", "Figures");
        recipe.health().warnings().forEach(w -> table.row(Integer.toString(w.step()), w.collapse(), w.figures()));
        return table;
    }

    /** Speed, memory and whatever else was measured. */
    static Table measured(ReportData.Recipe recipe, List<ReportData.Figure> figures) {
        ReportData.Throughput speed = recipe.throughput();
        Table table = new Table("Speed and memory of " + recipe.name(), "Figure", "Value");
        table.row("Steps a minute", Figures.number(speed.stepsPerMinute()));
        table.row("Rollouts a minute", Figures.number(speed.rolloutsPerMinute()));
        table.row("Tokens generated a second", Figures.number(speed.generatedTokensPerSecond()));
        table.row("Tokens trained a second", Figures.number(speed.trainedTokensPerSecond()));
        table.row("Cold start", Figures.time(speed.coldStartSeconds()));
        table.row("Reinforcement learning", Figures.time(speed.reinforcementSeconds()));
        table.row(
                "Peak resident memory, all processes",
                Figures.gibibytes(recipe.memory().peakResidentBytes()));
        for (Map.Entry<String, Long> process : new TreeMap<>(recipe.memory().byProcess()).entrySet()) {
            table.row("  of which " + process.getKey(), Figures.gibibytes(process.getValue()));
        }
        figures.forEach(
                figure -> table.row(figure.name(), (Figures.number(figure.value()) + " " + figure.unit()).strip()));
        return table;
    }

    /** What ran where. */
    static Table run(ReportData.Run run) {
        Table table = new Table("The run", "Property", "Value");
        table.row("Run", run.id());
        table.row("Started", run.started().toString());
        table.row("Took", Figures.time(run.seconds()));
        table.row("Seed", Long.toString(run.seed()));
        table.row("System", run.machine().system());
        table.row("Cores", Integer.toString(run.machine().cores()));
        table.row("Memory", Figures.gibibytes(run.machine().memoryBytes()));
        table.row("JDK", run.machine().jdk());
        new TreeMap<>(run.versions()).forEach((name, version) -> table.row(name, version));
        return table;
    }

    private static String[] scores(String name, Evaluation before, Evaluation after) {
        return new String[] {
            name,
            Figures.count(after.questions()),
            Figures.change(Figures.percent(before.accuracy()), Figures.percent(after.accuracy())),
            Figures.change(Figures.percent(before.exactMatch()), Figures.percent(after.exactMatch())),
            Figures.change(Figures.decimal(before.f1()), Figures.decimal(after.f1())),
            Figures.change(Figures.decimal(before.searches()), Figures.decimal(after.searches())),
            Figures.change(Figures.percent(before.wellFormed()), Figures.percent(after.wellFormed()))
        };
    }

    private static String[] cells(Comparison row) {
        return new String[] {
            row.dataset().equals("all") ? "All" : name(row.dataset(), row.split(), row.hops()),
            Figures.percent(row.accuracy()),
            Figures.percent(row.otherAccuracy()),
            Figures.decimal(row.searches()),
            Figures.decimal(row.otherSearches()),
            Figures.fewer(row.fewerSearches())
        };
    }

    private static String name(String dataset, String split, int hops) {
        List<String> parts = new ArrayList<>();
        parts.add(dataset);
        if (!split.isEmpty()) {
            parts.add(split);
        }
        if (hops > 0) {
            parts.add(hops == 1 ? "1 hop" : hops + " hops");
        }
        return String.join(", ", parts);
    }
}
