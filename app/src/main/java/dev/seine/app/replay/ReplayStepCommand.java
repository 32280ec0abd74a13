package dev.seine.app.replay;

import dev.seine.app.train.Cluster;
import dev.seine.app.train.RunConfig;
import dev.seine.app.train.RunOptions;
import dev.seine.learner.ReplayedStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code seine replay-step}: a logged step done again, and under other settings beside it. */
@Command(
        name = "replay-step",
        description = {
            "Do logged steps again: batch from the log, weights from the nearest state kept; compare with what was recorded.",
            "With --set learn.loss.clip-high=0.3 and the like: the same step under these settings, side by side.",
            "Exit code 1 if a step does not come out as recorded."
        },
        mixinStandardHelpOptions = true)
public final class ReplayStepCommand implements Callable<Integer> {
    /** Sums of single precision in no fixed order differ in their sixth digit; redone steps add such differences up. */
    private static final double GPU_TOLERANCE = 1e-3;

    @Parameters(paramLabel = "N", description = "Steps: 12, 3,5,8 or 10..20.", arity = "0..*", split = ",")
    private List<String> wanted = new ArrayList<>();

    @Mixin
    private RunOptions options;

    @Option(names = "--random", paramLabel = "COUNT", description = "So many steps drawn at random, by --seed.")
    private int random;

    @Option(
            names = "--whole",
            description = "Also make the weights after the step and compare their checksum, which needs the optimizer's"
                    + " state: steps are done again from the nearest checkpoint, or from the first.")
    private boolean whole;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Threads of the arithmetic; exact with as many as the learner had (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private int threads;

    @Option(
            names = "--tolerance",
            paramLabel = "X",
            description =
                    "Difference of a metric that still counts as recorded, as a share of its value, or of 1 where that is smaller"
                            + " (default: 0, and " + GPU_TOLERANCE + " unless the run's run.device is cpu).")
    private @Nullable Double tolerance;

    @Option(names = "--all-metrics", description = "Show every metric, not only those that differ or matter most.")
    private boolean allMetrics;

    private static final List<String> SHOWN = List.of(
            "reward",
            "loss",
            "loss-policy",
            "loss-kl",
            "loss-memory",
            "loss-rehearsal",
            "grad-norm",
            "ratio-mean",
            "ratio-max",
            "clip-fraction",
            "entropy",
            "lr",
            "trained",
            "tokens");

    @Override
    public Integer call() {
        RunConfig config = options.recorded();
        double within = tolerance(config);
        try (Cluster cluster = options.observe(refused -> {});
                Archive archive =
                        new Archive(cluster.clients(), options.folder().index());
                Redo redo = new Redo(options.folder(), config, cluster.clients(), threads)) {
            RewardsAgain rewards = new RewardsAgain(archive, config.rewardSchedule());
            int good = 0;
            SortedSet<Long> steps = chosen(redo.steps().steps());
            for (long step : steps) {
                redo.steps().before(step, whole, done -> System.err.print("\r  step " + done + " done again "));
                List<ReplayedStep> results = redo.steps()
                        .redo(
                                options.changes()
                                        ? List.of(options.begun(List.of()).learnerConfig())
                                        : List.of());
                ReplayedStep result = results.get(0);
                long equal = rewards.equal(result.batch().consumed());
                boolean same = result.asRecorded(within)
                        && equal == result.batch().consumed().size();
                good += same ? 1 : 0;
                print(step, results, equal);
                System.out.println("  " + (same ? "" : "NOT ") + asRecorded(within));
            }
            System.out.printf("%d of %d steps %s%n", good, steps.size(), asRecorded(within));
            return good == steps.size() ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private double tolerance(RunConfig config) {
        double within = tolerance != null ? tolerance : config.run().device().equals("cpu") ? 0 : GPU_TOLERANCE;
        if (!(within >= 0 && within < 1)) {
            throw new IllegalArgumentException("--tolerance must be in 0..1, 1 excluded, got " + within);
        }
        return within;
    }

    private static String asRecorded(double within) {
        return within == 0 ? "exactly as recorded" : "as recorded within " + within;
    }

    private void print(long step, List<ReplayedStep> results, long equal) {
        ReplayedStep result = results.get(0);
        ReplayedStep.Batch batch = result.batch();
        System.out.printf(
                "%nstep %d: %d rollouts, %d trained, %d memory samples: %s; %d of %d rewards the same again; advantages %s%n",
                step,
                batch.consumed().size(),
                batch.trained().size(),
                batch.plan().getMemorySamples().size(),
                batch.asPlanned() ? "chosen as planned" : "NOT as planned",
                equal,
                batch.consumed().size(),
                spread(batch.advantages()));
        Map<String, Double> differences = result.differences();
        System.out.printf("  %-18s %20s %20s %12s%s%n", "metric", "recorded", "now", "difference", heading(results));
        for (String name : result.recorded().keySet().stream().sorted().toList()) {
            if (allMetrics || differences.containsKey(name) || SHOWN.contains(name)) {
                System.out.printf(
                        "  %-18s %20s %20s %12s%s%n",
                        name,
                        number(result.recorded(name)),
                        number(result.metrics().getOrDefault(name, Double.NaN)),
                        differences.containsKey(name) ? String.format(Locale.ROOT, "%.2e", differences.get(name)) : "0",
                        results.size() > 1
                                ? String.format(
                                        "%20s", number(results.get(1).metrics().getOrDefault(name, Double.NaN)))
                                : "");
            }
        }
        System.out.printf(
                "  weights after: %s%n",
                result.weights()
                        .map(now -> result.announced()
                                .map(then -> now.equals(then) ? "as announced, " + now : now + ", announced " + then)
                                .orElse(now + ", no longer announced in the log"))
                        .orElse("not made (kept weights were taken; --whole makes them)"));
    }

    private static String heading(List<ReplayedStep> results) {
        return results.size() > 1 ? String.format("%20s", "changed") : "";
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.12g", value);
    }

    private static String spread(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        double square = Arrays.stream(values)
                .map(v -> (v - mean) * (v - mean))
                .average()
                .orElse(0);
        return String.format(
                Locale.ROOT,
                "%.3f..%.3f, std %.3f",
                Arrays.stream(values).min().orElse(0),
                Arrays.stream(values).max().orElse(0),
                Math.sqrt(square));
    }

    private SortedSet<Long> chosen(List<Long> known) {
        TreeSet<Long> steps = new TreeSet<>();
        for (String each : wanted) {
            String[] ends = each.split("\\.\\.", -1);
            if (ends.length > 2 || !String.join("", ends).matches("\\d+")) {
                throw new IllegalArgumentException("a step must be N or N..M, got '" + each + "'");
            }
            long last = Long.parseLong(ends[ends.length - 1]);
            for (long step = Long.parseLong(ends[0]); step <= last; step++) {
                steps.add(step);
            }
        }
        List<Long> drawn = new ArrayList<>(known);
        Collections.shuffle(drawn, new Random(options.seed(1)));
        steps.addAll(drawn.subList(0, Math.min(random, drawn.size())));
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("name a step, or --random COUNT; the log has steps " + known);
        }
        return steps;
    }
}
