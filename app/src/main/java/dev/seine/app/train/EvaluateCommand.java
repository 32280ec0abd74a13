package dev.seine.app.train;

import dev.seine.app.Main;
import dev.seine.app.config.ConfigException;
import dev.seine.app.report.Evaluation;
import dev.seine.event.ScoredTrajectory;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.Torch;
import dev.seine.producers.retrieval.Retriever;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine evaluate}: a checkpoint's answers to a question file. */
@Command(
        name = "evaluate",
        description = "Evaluate a checkpoint of a run on a question file.",
        mixinStandardHelpOptions = true)
public final class EvaluateCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @Option(
            names = "--questions",
            paramLabel = "FILE",
            description = "Questions (JSONL); default: the run's held-out sets.")
    private List<Path> questions = new ArrayList<>();

    @Option(names = "--weights", paramLabel = "FILE", description = "Weights; default: the newest of the run.")
    private Path weights;

    @Option(names = "--no-search", description = "Answer from memory alone.")
    private boolean noSearch;

    @Override
    public Integer call() {
        RunConfig config = options.begun(List.of());
        RunFolder folder = options.folder();
        Path file = weights == null ? newest(folder) : weights;
        if (!Files.isRegularFile(file)) {
            throw new ConfigException("no weights " + file);
        }
        List<Path> sets = questions.isEmpty()
                ? QuestionSets.evaluated(folder).stream()
                        .map(folder::evaluationQuestions)
                        .toList()
                : questions;
        Torch.threads(Runtime.getRuntime().availableProcessors());
        try (Tokenizer tokenizer = Tokenizer.load(folder.tokenizer());
                Retriever retriever = new Preparation(folder, config, line -> {}).retriever();
                Evaluator evaluator =
                        new Evaluator(config, ModelConfig.read(folder.modelConfig()), file, tokenizer, retriever)) {
            System.out.println(file);
            System.out.printf(
                    "%-34s %9s %8s %6s %6s %9s %8s%n",
                    "questions", "number", "accuracy", "EM", "F1", "searches", "format");
            for (Path set : sets) {
                List<ScoredTrajectory> answers = evaluator.ask(QuestionSets.read(set), !noSearch);
                print(set.getFileName().toString(), Assessment.evaluation("", 0, answers));
                Map<Integer, List<ScoredTrajectory>> byHops = answers.stream()
                        .filter(a -> a.getTrajectory().getHops() > 0)
                        .collect(Collectors.groupingBy(
                                a -> a.getTrajectory().getHops(), TreeMap::new, Collectors.toList()));
                byHops.forEach((hops, part) -> print("  hops " + hops, Assessment.evaluation("", hops, part)));
            }
        }
        return Main.DONE;
    }

    private static void print(String name, Evaluation e) {
        System.out.printf(
                "%-34s %9d %8.3f %6.3f %6.3f %9.2f %8.3f%n",
                name, e.questions(), e.accuracy(), e.exactMatch(), e.f1(), e.searches(), e.wellFormed());
    }

    /** The newest published weights of a run, or its cold start. */
    private static Path newest(RunFolder folder) {
        try (Stream<Path> files = Files.list(folder.weights())) {
            return files.filter(f -> f.toString().endsWith(".safetensors"))
                    .max(Path::compareTo)
                    .orElse(folder.coldStartWeights());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder.weights(), e);
        }
    }
}
