package dev.seine.app.train;

import dev.seine.app.Main;
import dev.seine.app.config.ConfigException;
import dev.seine.event.Question;
import dev.seine.policy.Torch;
import dev.seine.schemas.Demonstration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine coldstart}: cold-start data by rejection sampling from a run's policy. */
@Command(
        name = "coldstart",
        description = {
            "Roll out a run's policy and keep what is correct and well formed, as demonstrations for a cold start",
            "(seine train --demonstrations FILE). Reports what became of every rollout."
        },
        mixinStandardHelpOptions = true)
public final class ColdStartCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @Mixin
    private SampledOptions sampled;

    @Option(
            names = "--candidates",
            paramLabel = "N",
            description = "Rollouts of a question at each temperature (default: ${DEFAULT-VALUE}).",
            defaultValue = "8")
    private int candidates;

    @Option(
            names = "--temperatures",
            split = ",",
            paramLabel = "T",
            description = "Sampling temperatures (default: the run's).")
    private List<Double> temperatures = new ArrayList<>();

    @Option(
            names = "--keep",
            paramLabel = "N",
            description = "Most demonstrations of a question (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private int keep;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Demonstrations, JSONL.")
    private Path out;

    @Override
    public Integer call() {
        RunConfig config = options.begun(List.of());
        RunFolder folder = options.folder();
        List<Double> warm = temperatures.isEmpty() ? List.of(config.generate().temperature()) : temperatures;
        check(candidates >= 1 && candidates <= 4096, "--candidates must be 1 to 4096, got " + candidates);
        check(keep >= 1, "--keep must be at least 1, got " + keep);
        check(warm.stream().allMatch(t -> t >= 0 && t <= 100), "--temperatures must be 0 to 100, got " + warm);
        check(new TreeSet<>(warm).size() == warm.size(), "--temperatures must differ, got " + warm);
        List<Question> asked = sampled.questions(folder);
        Candidate candidate = sampled.candidate(folder, config);
        QuestionSets.writable(out);
        Torch.threads(Runtime.getRuntime().availableProcessors());
        candidate.ask(policy -> {
            RejectionSampling sampling = new RejectionSampling(policy, candidates, keep);
            List<Demonstration> kept =
                    sampling.run(asked, warm, done -> System.out.printf("%,d of %,d questions%n", done, asked.size()));
            Demonstration.write(out, kept);
            report(sampling, candidate, asked.size(), kept.size());
        });
        return Main.DONE;
    }

    private void report(RejectionSampling sampling, Candidate candidate, int questions, int kept) {
        sampling.outcomes().forEach((temperature, counts) -> {
            long all = counts.values().stream().mapToLong(Long::longValue).sum();
            System.out.printf("%s, temperature %s: %,d rollouts%n", candidate.label(), temperature, all);
            counts.forEach((outcome, count) ->
                    System.out.printf("  %-44s %,8d  %5.1f%%%n", outcome, count, 100.0 * count / all));
        });
        sampling.skipped().forEach((reason, count) -> System.out.printf("not asked: %d: %s%n", count, reason));
        System.out.printf(
                "%,d demonstrations of %,d questions, %,d without one: %s%n",
                kept, sampling.answered(), questions - sampling.answered(), out);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new ConfigException(otherwise);
        }
    }
}
