package dev.seine.learner;

import dev.seine.event.LearnerStep;
import dev.seine.event.ScoredTrajectory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A step done again.
 *
 * @param metrics the step's metrics as they came out now
 * @param recorded as they were logged; empty if the step was never applied
 * @param weights checksum of the weights after it; empty if the optimizer's state before it is not known
 * @param announced checksum that the log announces; empty if it is no longer kept
 */
public record ReplayedStep(
        Batch batch,
        Map<String, Double> metrics,
        Map<String, Double> recorded,
        Optional<String> weights,
        Optional<String> announced) {
    /**
     * What a step has before its update.
     *
     * @param plan what the step consumes, as it was logged
     * @param consumed its rollouts, in batch order
     * @param trained those trained, in batch order
     * @param advantages of the trained, normalised as the settings say
     * @param asPlanned whether the rules choose the same rollouts and memory samples again
     */
    @SuppressWarnings("ArrayRecordComponent") // as everywhere with numbers of rollouts
    public record Batch(
            LearnerStep plan,
            List<ScoredTrajectory> consumed,
            List<ScoredTrajectory> trained,
            double[] advantages,
            boolean asPlanned) {}

    /** Metrics that differ from those recorded, with the difference; what measures time is left out. */
    public Map<String, Double> differences() {
        Map<String, Double> differences = new TreeMap<>();
        recorded.forEach((name, value) -> {
            double now = metrics.getOrDefault(name, Double.NaN);
            if (!name.equals(StepMetrics.SPEED) && Double.compare(now, value) != 0) {
                differences.put(name, now - value);
            }
        });
        return differences;
    }

    /**
     * Whether the step came out as recorded: the batch, and every metric to within {@code tolerance}, of its recorded value or of 1 where that is
     * smaller. With tolerance 0 that is the last bit, and the weights, where both checksums are known, are the same too; weights that are only
     * close have another checksum, so a tolerance leaves them out.
     */
    public boolean asRecorded(double tolerance) {
        boolean sameWeights = tolerance > 0 || weights.isEmpty() || announced.isEmpty() || weights.equals(announced);
        boolean close = differences().entrySet().stream()
                .allMatch(e -> Math.abs(e.getValue()) <= tolerance * Math.max(1, Math.abs(recorded(e.getKey()))));
        return batch.asPlanned() && !recorded.isEmpty() && close && sameWeights;
    }

    /** What was recorded of one of the metrics recorded. */
    public double recorded(String metric) {
        return Objects.requireNonNull(recorded.get(metric), () -> "nothing was recorded of " + metric);
    }
}
