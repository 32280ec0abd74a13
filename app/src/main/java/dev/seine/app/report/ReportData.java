package dev.seine.app.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Every figure of a run; what {@code report.json} holds.
 *
 * @param run which run, when, where
 * @param config the resolved configuration as TOML, secrets hidden
 * @param recipes what each recipe led to, from the same cold start; the first is the one the run was made for
 * @param figures further measured figures, by name
 */
public record ReportData(Run run, String config, List<Recipe> recipes, List<Figure> figures) {

    public ReportData {
        if (recipes.isEmpty()) {
            throw new IllegalArgumentException("report of run " + run.id() + " has no recipe");
        }
        recipes = List.copyOf(recipes);
        figures = List.copyOf(figures);
    }

    /** The first recipe against each of the others. */
    @JsonProperty("comparisons")
    public List<Comparison> comparisons() {
        return recipes.stream()
                .skip(1)
                .flatMap(other -> Comparison.of(recipes.get(0), other).stream())
                .toList();
    }

    /**
     * Which run.
     *
     * @param seconds wall-clock time of the whole run
     * @param versions of the program and its libraries, by name
     */
    public record Run(
            String id, Instant started, double seconds, long seed, Map<String, String> versions, Machine machine) {}

    /** Where it ran; memory in bytes. */
    public record Machine(String system, int cores, long memoryBytes, String jdk) {}

    /** A figure with its unit ({@code ""} if it has none). */
    public record Figure(String name, double value, String unit) {}

    /**
     * What one recipe led to.
     *
     * @param before evaluation at the start of reinforcement learning, {@code after} at its end
     * @param recallBefore closed-book accuracy by class of facts, {@code recallAfter} at the end
     * @param curves one for each step metric
     * @param examplesBefore what the policy wrote for some questions at the start, {@code examplesAfter} at the end
     * @param health what the early warnings found
     */
    public record Recipe(
            String name,
            List<Evaluation> before,
            List<Evaluation> after,
            List<Recall> recallBefore,
            List<Recall> recallAfter,
            List<Curve> curves,
            Throughput throughput,
            Accounting accounting,
            Memory memory,
            List<Example> examplesBefore,
            List<Example> examplesAfter,
            Health health) {

        public Recipe {
            before = List.copyOf(before);
            after = List.copyOf(after);
            recallBefore = List.copyOf(recallBefore);
            recallAfter = List.copyOf(recallAfter);
            curves = List.copyOf(curves);
            examplesBefore = List.copyOf(examplesBefore);
            examplesAfter = List.copyOf(examplesAfter);
        }

        /** Over all questions at the start. */
        @JsonProperty("totalBefore")
        public Evaluation totalBefore() {
            return Evaluation.total(before);
        }

        /** Accuracy lost, closed-book, on the facts that the cold start taught: above 0 is forgetting; 0 if the data has no such facts. */
        @JsonProperty("forgotten")
        public double forgotten() {
            OptionalDouble before = Recall.accuracy(recallBefore, Recall.COLD_START);
            OptionalDouble after = Recall.accuracy(recallAfter, Recall.COLD_START);
            return before.isEmpty() || after.isEmpty() ? 0 : before.getAsDouble() - after.getAsDouble();
        }

        /** Over all questions at the end. */
        @JsonProperty("totalAfter")
        public Evaluation totalAfter() {
            return Evaluation.total(after);
        }
    }

    /**
     * Early warnings of a recipe's reinforcement learning.
     *
     * @param warnings each collapse once, when it first showed
     * @param stopped whether a warning ended it; then what was evaluated at the end are the best weights
     * @param bestVersion version of the weights whose rollouts were the most accurate over a window of steps; -1 if there was no window
     * @param bestAccuracy that accuracy
     */
    public record Health(List<Warning> warnings, boolean stopped, long bestVersion, double bestAccuracy) {
        public Health {
            warnings = List.copyOf(warnings);
        }
    }

    /** A collapse that the metrics showed at a step, with the figures. */
    public record Warning(int step, String collapse, String figures) {}

    /**
     * Speed of the pipeline during reinforcement learning.
     *
     * @param coldStartSeconds time of the cold start; {@code reinforcementSeconds} of what followed
     */
    public record Throughput(
            double stepsPerMinute,
            double rolloutsPerMinute,
            double generatedTokensPerSecond,
            double trainedTokensPerSecond,
            double coldStartSeconds,
            double reinforcementSeconds) {}

    /** Where every trajectory went; {@code skipped} by reason. */
    public record Accounting(long produced, long trained, Map<String, Long> skipped, long inFlight) {

        /** Whether produced = trained + skipped + in flight. */
        @JsonProperty("exact")
        public boolean exact() {
            long refused = skipped.values().stream().mapToLong(Long::longValue).sum();
            return produced == trained + refused + inFlight;
        }
    }

    /** Greatest resident size in bytes, of all processes together and of each at that moment. */
    public record Memory(long peakResidentBytes, Map<String, Long> byProcess) {}
}
