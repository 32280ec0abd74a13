package dev.seine.app.train;

import dev.seine.app.Failures;
import dev.seine.app.Main;
import dev.seine.app.config.ConfigException;
import dev.seine.app.report.EvaluationWriter;
import dev.seine.app.report.Score;
import dev.seine.event.Question;
import dev.seine.policy.Torch;
import dev.seine.producers.generator.SearchMode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine evaluate}: checkpoints' answers to question files, graded, side by side. */
@Command(
        name = "evaluate",
        description = {
            "Evaluate checkpoints of one or more runs on the same questions; without --questions on the run's held-out",
            "sets. Question files: R1-Searcher, HotpotQA, 2WikiMultiHopQA, MuSiQue and Bamboogle layouts, JSONL or JSON."
        },
        mixinStandardHelpOptions = true)
public final class EvaluateCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @ArgGroup(exclusive = false, heading = "Judge:%n")
    private JudgeOptions judge = new JudgeOptions();

    @Option(names = "--questions", paramLabel = "FILE", description = "Questions; may be repeated.")
    private List<Path> questions = new ArrayList<>();

    @Option(
            names = "--weights",
            split = ",",
            paramLabel = "NAME",
            description = "Checkpoints: newest, cold-start, a version such as v40, or a file (default: newest).")
    private List<String> weights = new ArrayList<>();

    @Option(
            names = "--against",
            paramLabel = "DIR",
            description = "Evaluate the newest weights of this run too, on the same questions; may be repeated.")
    private List<Path> against = new ArrayList<>();

    @Option(
            names = "--search",
            paramLabel = "MODE",
            description = "free, never, or always: the first action must be a search (default: free).",
            defaultValue = "free")
    private SearchMode search;

    @Option(names = "--first", paramLabel = "N", description = "Only the first N questions of each file.")
    private @Nullable Integer first;

    @Option(names = "--out", paramLabel = "FILE", description = "One line of JSON for each answer.")
    private @Nullable Path out;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Folder of table and plots (default: RUN/evaluation).")
    private @Nullable Path report;

    @Option(names = "--offline", description = "Do not publish to the evaluations topic.")
    private boolean offline;

    @Override
    public Integer call() {
        RunConfig config = options.begun(List.of());
        RunFolder folder = options.folder();
        List<Candidate> candidates = candidates(folder, config);
        Map<String, List<Question>> sets = sets(folder);
        Path probe = folder.evaluationQuestions(QuestionSets.PROBE);
        List<Question> facts = questions.isEmpty() && Files.exists(probe) ? QuestionSets.read(probe) : List.of();
        if (out != null) {
            QuestionSets.writable(out);
        }
        Judge asked = judge.judge(folder);
        Torch.threads(Runtime.getRuntime().availableProcessors());
        try (PrintWriter lines = lines()) {
            EvaluationRun run = new EvaluationRun(sets, facts, search, asked, lines::println);
            header();
            for (Candidate candidate : candidates) {
                ask(run, candidate);
            }
            String title = "Evaluation of "
                    + String.join(
                            ", ", candidates.stream().map(Candidate::label).toList());
            Path page = EvaluationWriter.write(
                    run.data(title, judge.model()),
                    report == null ? folder.root().resolve("evaluation") : report);
            run.data(title, judge.model())
                    .skipped()
                    .forEach((reason, count) -> System.out.println("not asked: " + count + ": " + reason));
            System.out.println("report: " + page);
        }
        return Main.DONE;
    }

    private List<Candidate> candidates(RunFolder folder, RunConfig config) {
        List<Candidate> candidates = new ArrayList<>();
        String own = against.isEmpty() ? "" : folder.root().getFileName() + " ";
        for (String name : weights.isEmpty() ? List.of("newest") : weights) {
            candidates.add(Candidate.of(name, own, folder, config));
        }
        for (Path other : against) {
            RunFolder run = new RunFolder(other);
            if (!run.begun()) {
                throw new ConfigException("--against " + other + ": no run there");
            }
            RunConfig theirs = RunConfig.recorded(run);
            candidates.add(Candidate.of("newest", run.root().getFileName() + " ", run, theirs));
        }
        if (candidates.stream().map(Candidate::label).distinct().count() < candidates.size()) {
            throw new ConfigException("checkpoints must differ in name, got "
                    + candidates.stream().map(Candidate::label).toList());
        }
        return candidates;
    }

    private Map<String, List<Question>> sets(RunFolder folder) {
        List<Path> files = questions.isEmpty()
                ? QuestionSets.evaluated(folder).stream()
                        .map(folder::evaluationQuestions)
                        .toList()
                : questions;
        Map<String, List<Question>> sets = new LinkedHashMap<>();
        for (Path file : files) {
            String stem = file.getFileName().toString().replaceAll("\\.jsonl?$", "");
            sets.put(sets.containsKey(stem) ? file.toString() : stem, QuestionSets.chosen(file, first, folder));
        }
        return sets;
    }

    /** Asks one checkpoint, with its run's cluster at hand if that can be had. */
    private void ask(EvaluationRun run, Candidate candidate) {
        Optional<Cluster> cluster = offline ? Optional.empty() : cluster(candidate);
        try {
            Set<String> retrieved = cluster.map(c ->
                            TrainingLog.read(c.clients(), candidate.config()).retrieved())
                    .orElse(Set.of());
            List<Score> scores = run.ask(candidate, retrieved);
            print(scores);
            run.probe(candidate)
                    .forEach(recall -> System.out.printf(
                            "%-26s   from memory %7.3f of %,d facts %s%n",
                            candidate.label(), recall.accuracy(), recall.questions(), recall.factClass()));
            cluster.ifPresent(c -> publish(c, run, candidate, scores));
        } finally {
            cluster.ifPresent(Cluster::close);
        }
    }

    /** The run's cluster; none where its broker is in use elsewhere. */
    private Optional<Cluster> cluster(Candidate candidate) {
        try {
            return Optional.of(Cluster.open(
                    candidate.folder().create(),
                    options.bootstrap,
                    options.registry,
                    candidate.config().kafka()));
        } catch (RuntimeException e) {
            if (!options.bootstrap.isEmpty()) {
                throw e;
            }
            System.err.println("seine: not published, and the probe cannot tell what was retrieved: " + Failures.line(e)
                    + " (name the cluster with --bootstrap, or say --offline)");
            return Optional.empty();
        }
    }

    private void publish(Cluster cluster, EvaluationRun run, Candidate candidate, List<Score> scores) {
        Map<String, Map<String, Map<String, Double>>> slices = new HashMap<>();
        scores.stream().filter(score -> score.hops() > 0).forEach(score -> slices.computeIfAbsent(
                        score.dataset(), any -> new HashMap<>())
                .put("hops=" + score.hops(), score.metrics()));
        String suffix = search == SearchMode.FREE ? "" : ", search " + search.id();
        try (EvaluationEvents events =
                new EvaluationEvents(cluster.clients(), candidate.config(), candidate.version())) {
            scores.stream()
                    .filter(score -> score.hops() == 0)
                    .forEach(score -> events.publish(
                            score.dataset() + suffix,
                            score.questions(),
                            score.metrics(),
                            slices.getOrDefault(score.dataset(), Map.of())));
            events.probe(run.probe(candidate));
        }
    }

    private PrintWriter lines() {
        try {
            return new PrintWriter(out == null ? Writer.nullWriter() : Files.newBufferedWriter(out));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + out, e);
        }
    }

    private static void header() {
        System.out.printf(
                "%-26s %-26s %5s %21s %6s %6s %6s %19s %5s %5s %6s%n",
                "checkpoint",
                "questions",
                "n",
                "accuracy (95%)",
                "EM",
                "F1",
                "judge",
                "searches (95%)",
                "right",
                "wrong",
                "format");
    }

    private static void print(List<Score> scores) {
        for (Score s : scores) {
            System.out.printf(
                    "%-26s %-26s %5d %7.3f (%.3f-%.3f) %6.3f %6.3f %6s %5.2f (%5.2f-%5.2f) %5s %5s %6.3f%n",
                    s.checkpoint(),
                    s.hops() > 0 ? "  hops " + s.hops() : s.dataset(),
                    s.questions(),
                    s.accuracy().mean(),
                    s.accuracy().low(),
                    s.accuracy().high(),
                    s.exactMatch().mean(),
                    s.f1().mean(),
                    figure("%.3f", s.judge().mean()),
                    s.searches().mean(),
                    s.searches().low(),
                    s.searches().high(),
                    figure("%.2f", s.searchesRight()),
                    figure("%.2f", s.searchesWrong()),
                    s.wellFormed());
            if (s.hops() == 0 && !s.unjudged().isEmpty()) {
                System.out.println("  not judged: " + s.unjudged());
            }
        }
    }

    private static String figure(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(format, value);
    }
}
