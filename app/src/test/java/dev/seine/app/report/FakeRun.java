package dev.seine.app.report;

import dev.seine.app.report.Example.Kind;
import dev.seine.app.report.Example.Segment;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A made-up run of two recipes. Its main writes the report of it, to look at. */
final class FakeRun {
    private static final long GIB = 1L << 30;

    private FakeRun() {}

    /** Writes the report to the folder given. */
    public static void main(String[] args) {
        ReportWriter.write(data(), Path.of(args[0]));
    }

    static ReportData data() {
        ReportData.Run run = new ReportData.Run(
                "20261120-1802",
                Instant.parse("2026-11-20T18:02:11Z"),
                431.4,
                7,
                Map.of("seine", "0.1.0", "kafka", "4.3.1"),
                new ReportData.Machine("Linux 6.1 amd64", 2, 8 * GIB, "17.0.15"));
        return new ReportData(
                run,
                "[reward]\ngroup-size = 16\neta = 2.0\n",
                List.of(recipe("r1-searcher-plus", 1.1, 0.93, 1), recipe("vanilla-rl", 2.0, 0.92, 2)),
                List.of(new ReportData.Figure("Largest difference of log-probabilities", 0.000005, "")));
    }

    private static ReportData.Recipe recipe(String name, double searches, double accuracy, long seed) {
        return new ReportData.Recipe(
                name,
                evaluation(2.2, 0.62),
                evaluation(searches, accuracy),
                List.of(new Recall("retrieved in training", 400, 0.05), new Recall("in the cold start", 300, 0.92)),
                List.of(new Recall("retrieved in training", 400, 0.71), new Recall("in the cold start", 300, 0.95)),
                curves(searches, accuracy, seed),
                new ReportData.Throughput(46.2, 5913.6, 21_400, 9_800, 95.2, 260.8),
                new ReportData.Accounting(25_600, 20_112, Map.of("no variance", 5_376L, "stale", 0L), 112),
                new ReportData.Memory(2_415_919_104L, Map.of("seine", 1_800_000_000L, "broker", 615_919_104L)),
                List.of(before("q1"), before("q2")),
                List.of(after("q1", true), after("q2", false)),
                new ReportData.Health(
                        List.of(new ReportData.Warning(61, "over-search", "4.10 searches a question, were 2.20")),
                        false,
                        180,
                        accuracy));
    }

    private static List<Evaluation> evaluation(double searches, double accuracy) {
        return List.of(
                new Evaluation("atlas", "known", 0, 300, accuracy, accuracy - 0.01, accuracy, searches, 0.99),
                new Evaluation("atlas", "known", 1, 100, accuracy + 0.02, accuracy, accuracy, searches - 0.7, 1),
                new Evaluation("atlas", "known", 2, 200, accuracy - 0.01, accuracy, accuracy, searches + 0.35, 0.985),
                new Evaluation(
                        "atlas", "unseen", 0, 100, accuracy - 0.05, accuracy - 0.06, accuracy, searches + 0.6, 1));
    }

    private static List<Curve> curves(double searches, double accuracy, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TreeMap<Integer, Map<String, Double>> steps = new TreeMap<>();
        for (int step = 1; step <= 200; step++) {
            double done = 1 - Math.exp(-step / 50.0);
            TreeMap<String, Double> metrics = new TreeMap<>();
            metrics.put("accuracy", 0.62 + (accuracy - 0.62) * done + noise(random, 0.05));
            metrics.put("reward", -0.2 + 1.2 * done + noise(random, 0.15));
            metrics.put("searches", 2.2 + (searches - 2.2) * done + noise(random, 0.2));
            metrics.put("loss", 0.05 * Math.exp(-step / 80.0) + noise(random, 0.02));
            metrics.put("staleness", Math.abs(noise(random, 1.5)));
            metrics.put("entropy", 0.4 - 0.2 * done + noise(random, 0.03));
            steps.put(step, metrics);
        }
        return Curve.of(steps);
    }

    private static double noise(SplittableRandom random, double scale) {
        return (random.nextDouble() - 0.5) * 2 * scale;
    }

    private static Example before(String id) {
        List<Segment> segments = new ArrayList<>();
        segments.add(new Segment(Kind.TEXT, "I need the country first."));
        segments.add(new Segment(Kind.QUERY, "country of Reykjavik"));
        segments.add(new Segment(
                Kind.DOCUMENTS, "(1) Reykjavik: Reykjavik is a city in Iceland.\n(2) Oslo: a city in Norway."));
        segments.add(new Segment(Kind.QUERY, "currency of Iceland"));
        segments.add(new Segment(
                Kind.DOCUMENTS,
                "(1) Iceland: The currency of Iceland is the Icelandic Króna. <script>alert(1)</script>"));
        segments.add(new Segment(Kind.ANSWER, "Norwegian Krone"));
        return new Example(
                id, question(id), List.of("Icelandic Króna"), segments, "Norwegian Krone", false, 2, "end of text");
    }

    private static Example after(String id, boolean correct) {
        String answer = correct ? "Icelandic Króna" : "Euro";
        List<Segment> segments = List.of(
                new Segment(Kind.INTERNAL, "Reykjavik is in Iceland."),
                new Segment(Kind.QUERY, "currency of Iceland"),
                new Segment(Kind.DOCUMENTS, "(1) Iceland: The currency of Iceland is the Icelandic Króna."),
                new Segment(Kind.ANSWER, answer));
        return new Example(
                id, question(id), List.of("Icelandic Króna", "ISK"), segments, answer, correct, 1, "end of text");
    }

    private static String question(String id) {
        return id.equals("q1")
                ? "What currency is used in the country where Reykjavik is?"
                : "Which currency has the <country> whose \"main\" city is Reykjavik & no other?";
    }
}
