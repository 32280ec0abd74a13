package dev.seine.app.report;

import dev.seine.app.report.Pictures.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** The report of an ablation as one HTML page that needs nothing else. */
final class AblationPage {
    private final AblationData data;
    private final List<Picture> pictures;
    private final List<String> arms;
    private final Html html = new Html();

    private AblationPage(AblationData data, List<Picture> pictures) {
        this.data = data;
        this.pictures = pictures;
        this.arms = data.finished();
    }

    /** The whole document. */
    static String of(AblationData data, List<Picture> pictures, String css) {
        return new AblationPage(data, pictures).document(css);
    }

    private String document(String css) {
        Frame.open(html, data.title(), css);
        html.element(
                "p",
                "%d finished runs of %d arms on %d cores; figures are means over seeds ± sample standard deviation."
                        .formatted(
                                data.runs().size(),
                                data.arms().size(),
                                data.machine().cores()),
                "class",
                "lead");
        html.close().open("main");
        section("Arms", this::arms);
        if (!arms.isEmpty()) {
            section("Results", this::results);
            section("What searching less costs", this::trades);
            section("Curves", this::curves);
        }
        return html.close().close().close().document();
    }

    private void arms() {
        Table table = new Table("What differs", "Arm", "Finished seeds", "Cold start", "Setting");
        data.arms().forEach((name, about) -> {
            List<ArmRun> runs = data.of(name);
            String seeds = String.join(
                    ", ", runs.stream().map(run -> Long.toString(run.seed())).toList());
            String starts = String.join(
                    ", ", new TreeSet<>(runs.stream().map(ArmRun::start).toList()));
            table.row(name, seeds.isEmpty() ? "none" : seeds, starts.isEmpty() ? "–" : starts, about);
        });
        table.write(html);
        note("Arms with the same cold start began, seed by seed, from the same weights and data.");
    }

    private void results() {
        scores().write(html);
        note("Accuracy is cover exact match on questions that were never trained on; searches are per question.");
        against().write(html);
        probe().write(html);
        note(
                "Single facts, asked with search switched off, before → after. A fact counts as retrieved if a memory sample"
                        + " of the arm's own rollouts states it, whether or not the arm trains on such samples.");
    }

    private Table scores() {
        List<String> sets = arms.stream()
                .flatMap(arm -> data.of(arm).stream())
                .flatMap(run -> run.figures().after().stream())
                .map(Evaluation::dataset)
                .distinct()
                .toList();
        List<String> columns = new ArrayList<>(List.of("Arm", "Seeds"));
        sets.forEach(set -> columns.addAll(List.of(set + ": accuracy", "searches")));
        columns.addAll(List.of("All: accuracy", "searches", "Steps a minute"));
        Table table = new Table("After reinforcement learning", columns.toArray(String[]::new));
        table.row(scoreCells("(before)", arms.get(0), sets, "before: ", run -> Double.NaN));
        arms.forEach(arm -> table.row(scoreCells(arm, arm, sets, "", ArmRun::speed)));
        return table;
    }

    private String[] scoreCells(
            String name, String arm, List<String> sets, String prefix, Function<ArmRun, Double> speed) {
        List<String> cells =
                new ArrayList<>(List.of(name, Integer.toString(data.of(arm).size())));
        List<String> rows = new ArrayList<>(sets);
        rows.add("all");
        for (String row : rows) {
            cells.add(spread(arm, prefix + row + " accuracy").percent());
            cells.add(spread(arm, prefix + row + " searches").decimal());
        }
        cells.add(data.spread(arm, speed::apply).decimal());
        return cells.toArray(String[]::new);
    }

    private Spread spread(String arm, String metric) {
        return data.spread(arm, run -> run.metrics().getOrDefault(metric, Double.NaN));
    }

    private Table against() {
        Table table = new Table(
                "Against " + arms.get(0) + ", seed by seed, all questions", "Arm", "Seeds", "Accuracy", "Searches");
        arms.stream().skip(1).forEach(arm -> {
            List<ArmRun> paired = data.of(arm).stream()
                    .filter(run -> reference(run).isPresent())
                    .toList();
            Spread accuracy = Spread.of(paired.stream()
                    .map(run -> accuracy(run) - accuracy(reference(run).orElseThrow()))
                    .toList());
            Spread searches = Spread.of(paired.stream()
                    .map(run -> searches(run) - searches(reference(run).orElseThrow()))
                    .toList());
            table.row(
                    arm,
                    Integer.toString(paired.size()),
                    signed(100 * accuracy.mean(), 1) + " points ± " + Figures.tenths(100 * accuracy.deviation()),
                    signed(searches.mean(), 2) + " ± " + Figures.decimal(searches.deviation()));
        });
        return table;
    }

    private Optional<ArmRun> reference(ArmRun run) {
        return data.of(arms.get(0)).stream()
                .filter(other -> other.seed() == run.seed())
                .findFirst();
    }

    private static double accuracy(ArmRun run) {
        return run.figures().totalAfter().accuracy();
    }

    private static double searches(ArmRun run) {
        return run.figures().totalAfter().searches();
    }

    private static String signed(double value, int decimals) {
        return Double.isNaN(value)
                ? "–"
                : String.format(Locale.ROOT, "%+." + decimals + "f", value).replace('-', '−');
    }

    private Table probe() {
        TreeSet<String> classes = new TreeSet<>();
        arms.forEach(arm -> data.of(arm)
                .forEach(run -> run.figures().recallAfter().forEach(recall -> classes.add(recall.factClass()))));
        List<String> columns = new ArrayList<>(List.of("Arm"));
        columns.addAll(classes);
        Table table = new Table("Memory probe", columns.toArray(String[]::new));
        for (String arm : arms) {
            List<String> cells = new ArrayList<>(List.of(arm));
            classes.forEach(factClass ->
                    cells.add(spread(arm, "before: probe: " + factClass).percent() + " → "
                            + spread(arm, "probe: " + factClass).percent() + " (n "
                            + Figures.number(Math.rint(
                                    spread(arm, "probe facts: " + factClass).mean())) + ")"));
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    private void trades() {
        AblationTables.training(data, arms).write(html);
        note(
                "Over the closed groups of training. A group is mixed if some of its rollouts are right and some wrong. The last"
                        + " two columns are over groups whose rollouts differ in searches: how often those that searched least were"
                        + " right, and how often the others.");
        if (arms.size() > 1) {
            AblationTables.trades(data, arms.get(0)).write(html);
            note("Over the evaluation's questions, summed over seeds: the same question answered by both arms.");
        }
    }

    private void curves() {
        Frame.pictures(html, pictures);
    }

    private void note(String text) {
        html.element("p", text, "class", "note");
    }

    private void section(String title, Runnable content) {
        html.open("section").element("h2", title);
        content.run();
        html.close().line();
    }
}
