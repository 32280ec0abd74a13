package dev.seine.app.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes and reads what an ablation leaves: one file for each finished run, and the report over them. */
public final class AblationWriter {
    private AblationWriter() {}

    /** Saves a finished run: the file is there whole or not at all. */
    public static void save(ArmRun run, Path file) {
        try {
            Path part = file.resolveSibling(file.getFileName() + ".part");
            ReportWriter.JSON.writeValue(part.toFile(), run);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** Reads a finished run back. */
    public static ArmRun read(Path file) {
        try {
            return ReportWriter.JSON.readValue(file.toFile(), ArmRun.class);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes {@code report.json}, {@code arms.csv}, {@code curves.csv}, the pictures and {@code index.html}, over older ones.
     *
     * @return the page
     */
    public static Path write(AblationData data, Path folder) {
        try {
            Path curves = Files.createDirectories(folder.resolve("curves"));
            ReportWriter.JSON.writeValue(folder.resolve("report.json").toFile(), data);
            Files.writeString(folder.resolve("arms.csv"), arms(data));
            Files.writeString(folder.resolve("curves.csv"), curves(data));
            List<Pictures.Picture> pictures = pictures(data);
            for (Pictures.Picture picture : pictures) {
                Files.write(curves.resolve(picture.name() + ".png"), picture.png());
            }
            return Files.writeString(folder.resolve("index.html"), AblationPage.of(data, pictures, ReportWriter.css()));
        } catch (IOException e) {
            throw new UncheckedIOException("report in " + folder + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** The scatter plot and the curves; none where this machine cannot draw. */
    private static List<Pictures.Picture> pictures(AblationData data) {
        List<Pictures.Picture> curves = Pictures.of(data.curves()).all();
        if (curves.isEmpty()) {
            return curves;
        }
        Map<String, List<Scatter.Point>> points = new LinkedHashMap<>();
        for (String arm : data.finished()) {
            points.put(
                    arm,
                    data.of(arm).stream()
                            .map(run -> run.figures().totalAfter())
                            .map(total -> new Scatter.Point(total.searches(), total.accuracy()))
                            .toList());
        }
        List<Pictures.Picture> all = new ArrayList<>();
        all.add(new Pictures.Picture(
                "accuracy-searches",
                "Accuracy over searches, evaluation at the end",
                encoded(Scatter.png(points, Chart.Theme.LIGHT)),
                encoded(Scatter.png(points, Chart.Theme.DARK))));
        all.addAll(curves);
        return all;
    }

    private static String encoded(byte[] png) {
        return Base64.getEncoder().encodeToString(png);
    }

    private static String arms(AblationData data) {
        StringBuilder csv = new StringBuilder("arm,seed,metric,value\n");
        for (ArmRun run : data.runs()) {
            run.metrics().forEach((metric, value) -> line(csv, run.arm(), run.seed(), metric, value));
        }
        return csv.toString();
    }

    private static String curves(AblationData data) {
        StringBuilder csv = new StringBuilder("arm,seed,metric,step,value\n");
        for (ArmRun run : data.runs()) {
            for (Curve curve : run.figures().curves()) {
                for (int i = 0; i < curve.steps().size(); i++) {
                    line(
                            csv,
                            run.arm(),
                            run.seed(),
                            curve.name() + "," + curve.steps().get(i),
                            curve.values().get(i));
                }
            }
        }
        return csv.toString();
    }

    private static void line(StringBuilder csv, String arm, long seed, String rest, double value) {
        // Names of metrics have no quotes; those of the atlas's fact classes have commas.
        String cells = rest.contains(", ") ? '"' + rest + '"' : rest;
        csv.append(String.format(Locale.ROOT, "%s,%d,%s,%s%n", arm, seed, cells, value));
    }
}
