package dev.seine.app.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes an evaluation: {@code report.json}, a plain table, {@code index.html} and its pictures. */
public final class EvaluationWriter {
    private EvaluationWriter() {}

    /**
     * Writes the folder, over an older one.
     *
     * @return the page
     */
    public static Path write(EvaluationData data, Path folder) {
        try {
            Path curves = Files.createDirectories(folder.resolve("curves"));
            ReportWriter.JSON.writeValue(folder.resolve("report.json").toFile(), data);
            List<Pictures.Picture> pictures = Bars.pictures(data);
            for (Pictures.Picture picture : pictures) {
                Files.write(curves.resolve(picture.name() + ".png"), picture.png());
            }
            return Files.writeString(folder.resolve("index.html"), page(data, pictures));
        } catch (IOException e) {
            throw new UncheckedIOException("report in " + folder + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static String page(EvaluationData data, List<Pictures.Picture> pictures) throws IOException {
        Html html = new Html();
        Frame.open(html, data.title(), ReportWriter.css());
        html.element(
                "p",
                "Search: " + data.search() + ". Figures in brackets are 95% bootstrap intervals.",
                "class",
                "lead");
        html.close().open("main");
        table(data).write(html);
        html.element("p", notes(data), "class", "note");
        if (!data.probes().isEmpty()) {
            probe(data).write(html);
        }
        Frame.pictures(html, pictures);
        return html.close().close().close().document();
    }

    private static Table table(EvaluationData data) {
        Table table = new Table(
                "Scores",
                "Questions",
                "Checkpoint",
                "n",
                "Accuracy",
                "Exact match",
                "F1",
                "Judge",
                "Searches",
                "if right",
                "if wrong",
                "Well formed");
        for (Score score : data.scores()) {
            table.row(
                    score.dataset() + (score.hops() > 0 ? ", hops " + score.hops() : ""),
                    score.checkpoint(),
                    Figures.count(score.questions()),
                    score.accuracy().percent(),
                    score.exactMatch().percent(),
                    score.f1().decimal(),
                    score.judge().percent(),
                    score.searches().decimal(),
                    searches(score.searchesRight()),
                    searches(score.searchesWrong()),
                    Figures.percent(score.wellFormed()));
        }
        return table;
    }

    private static Table probe(EvaluationData data) {
        List<String> columns = new ArrayList<>(List.of("Facts"));
        columns.addAll(data.probes().keySet());
        Table table = new Table("Memory probe: single facts, search switched off", columns.toArray(String[]::new));
        data.probes().values().stream()
                .flatMap(List::stream)
                .map(Recall::factClass)
                .distinct()
                .sorted()
                .forEach(factClass -> {
                    List<String> cells = new ArrayList<>(List.of(factClass));
                    for (List<Recall> probe : data.probes().values()) {
                        cells.add(probe.stream()
                                .filter(recall -> recall.factClass().equals(factClass))
                                .findFirst()
                                .map(recall -> Figures.percent(recall.accuracy()) + " of " + recall.questions())
                                .orElse("–"));
                    }
                    table.row(cells.toArray(String[]::new));
                });
        return table;
    }

    private static String notes(EvaluationData data) {
        StringBuilder notes = new StringBuilder("Accuracy is cover exact match.");
        if (!data.judge().isEmpty()) {
            notes.append(" Judge: ").append(data.judge()).append('.');
        }
        for (Score score : data.scores()) {
            if (score.hops() == 0 && !score.unjudged().isEmpty()) {
                notes.append(" Not judged of ")
                        .append(score.dataset())
                        .append(", ")
                        .append(score.checkpoint())
                        .append(": ")
                        .append(score.unjudged());
            }
        }
        for (Map.Entry<String, Long> skipped : data.skipped().entrySet()) {
            notes.append(" Not asked: ")
                    .append(skipped.getValue())
                    .append(" (")
                    .append(skipped.getKey())
                    .append(").");
        }
        return notes.toString();
    }

    private static String searches(double mean) {
        return Double.isNaN(mean) ? "–" : Figures.decimal(mean);
    }
}
