package dev.seine.app.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The report as one HTML page that needs nothing else: no scripts, styles and pictures inside. */
final class Page {
    private final ReportData data;
    private final Pictures pictures;
    private final Html html = new Html();

    private Page(ReportData data, Pictures pictures) {
        this.data = data;
        this.pictures = pictures;
    }

    /** The whole document. */
    static String of(ReportData data, Pictures pictures, String css) {
        return new Page(data, pictures).document(css);
    }

    private String document(String css) {
        header(css);
        html.open("main");
        section("Results", "results", this::results);
        if (!pictures.all().isEmpty()) {
            section("Curves", "curves", this::curves);
        }
        if (data.recipes().stream().anyMatch(recipe -> !recipe.examplesAfter().isEmpty())) {
            section("What it writes", "examples", () -> data.recipes().forEach(recipe -> Examples.write(html, recipe)));
        }
        section("Accounting and speed", "accounting", this::measured);
        section("Run and configuration", "run", this::run);
        return html.close().close().close().document();
    }

    private void header(String css) {
        String names = data.recipes().stream().map(ReportData.Recipe::name).collect(Collectors.joining(" against "));
        Frame.open(html, "Seine run " + data.run().id(), "Learning to search: " + names, css);
        html.element(
                "p",
                "Run " + data.run().id() + ", seed " + data.run().seed() + ", "
                        + Figures.time(data.run().seconds()) + " on "
                        + data.run().machine().cores() + " cores.",
                "class",
                "lead");
        tiles();
        html.close().line();
    }

    private void tiles() {
        ReportData.Recipe recipe = data.recipes().get(0);
        Evaluation before = recipe.totalBefore();
        Evaluation after = recipe.totalAfter();
        boolean compared = !recipe.before().isEmpty();
        html.open("dl", "class", "tiles");
        tile(
                "Accuracy",
                Figures.percent(after.accuracy()),
                compared ? Figures.points(before.accuracy(), after.accuracy()) + " by learning" : "after learning");
        tile(
                "Searches per question",
                Figures.decimal(after.searches()),
                compared ? "before: " + Figures.decimal(before.searches()) : "after learning");
        data.comparisons().stream()
                .limit(1)
                .forEach(row -> tile(
                        "Searches against " + row.other(),
                        Figures.fewer(row.fewerSearches()),
                        "accuracy " + Figures.points(row.otherAccuracy(), row.accuracy())));
        tile(
                "Steps a minute",
                Figures.number(recipe.throughput().stepsPerMinute()),
                Figures.number(recipe.throughput().rolloutsPerMinute()) + " rollouts a minute");
        html.close();
    }

    private void tile(String name, String value, String note) {
        html.open("div").element("dt", name).element("dd", value, "class", "value");
        html.element("dd", note, "class", "note").close();
    }

    private void results() {
        Map<String, List<Comparison>> byOther =
                data.comparisons().stream().collect(Collectors.groupingBy(Comparison::other));
        data.recipes().stream()
                .map(recipe -> byOther.get(recipe.name()))
                .filter(rows -> rows != null)
                .forEach(rows -> Tables.comparison(rows).write(html));
        data.recipes().forEach(recipe -> Tables.evaluation(recipe).write(html));
        html.element(
                "p",
                "Accuracy is cover exact match: every word of an accepted answer occurs in the given one."
                        + " The policy was not trained on these questions.",
                "class",
                "note");
        data.recipes().stream()
                .map(Tables::recall)
                .filter(table -> !table.isEmpty())
                .forEach(table -> table.write(html));
        data.recipes().stream()
                .map(Tables::health)
                .filter(table -> !table.isEmpty())
                .forEach(table -> table.write(html));
    }

    private void curves() {
        html.element("p", "By step of reinforcement learning; the bold line is the moving mean.", "class", "note");
        Frame.pictures(html, pictures.all());
    }

    private void measured() {
        html.open("div", "class", "pair");
        for (int i = 0; i < data.recipes().size(); i++) {
            ReportData.Recipe recipe = data.recipes().get(i);
            Tables.accounting(recipe).write(html);
            Tables.measured(recipe, i == 0 ? data.figures() : List.of()).write(html);
        }
        html.close();
    }

    private void run() {
        Tables.run(data.run()).write(html);
        html.open("details").element("summary", "Configuration");
        html.element("pre", data.config()).close();
    }

    private void section(String title, String id, Runnable content) {
        html.open("section", "id", id, "aria-labelledby", id + "-title");
        html.element("h2", title, "id", id + "-title");
        content.run();
        html.close().line();
    }
}
