package dev.seine.learner;

import dev.seine.event.ScoredTrajectory;
import dev.seine.topics.Metric;
import dev.seine.topics.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** What a learner shows of its work: its books, and the figures of its last step under those of {@link StepMetrics}. */
final class LearnerMeters {
    private final Telemetry telemetry;
    private volatile Map<String, Double> last = Map.of();

    LearnerMeters(Telemetry telemetry, Supplier<Number> version) {
        this.telemetry = telemetry;
        MeterRegistry meters = telemetry.meters();
        Metric.LEARNER_VERSION.gauge(meters, version);
        Metric.LEARNER_STALENESS.gauge(meters, of("staleness-mean"), "mean");
        Metric.LEARNER_STALENESS.gauge(meters, of("staleness-max"), "max");
        Metric.LEARNER_REWARD.gauge(meters, of("reward"), "total");
        List.of("format", "answer", "group", "memory")
                .forEach(part -> Metric.LEARNER_REWARD.gauge(meters, of("reward-" + part), part));
        Metric.LEARNER_LOSS.gauge(meters, of("loss"), "total");
        List.of("policy", "kl", "memory", "rehearsal")
                .forEach(part -> Metric.LEARNER_LOSS.gauge(meters, of("loss-" + part), part));
        Metric.LEARNER_ACCURACY.gauge(meters, of("correct"));
        Metric.LEARNER_SEARCHES.gauge(meters, of("searches"));
        Metric.LEARNER_ENTROPY.gauge(meters, of("entropy"));
        Metric.LEARNER_STEP.timer(meters);
        Metric.LEARNER_WAIT.timer(meters);
        Metric.LEARNER_TOKENS.counted(meters);
    }

    /** Shows these books. */
    void books(Supplier<Accounting.Books> books) {
        MeterRegistry meters = telemetry.meters();
        Metric.LEARNER_ROLLOUTS.counter(meters, () -> books.get().produced(), "produced");
        Metric.LEARNER_ROLLOUTS.counter(meters, () -> books.get().trained(), "trained");
        Metric.LEARNER_ROLLOUTS.counter(meters, () -> books.get().skippedInAll(), "skipped");
        Metric.LEARNER_IN_FLIGHT.gauge(meters, () -> books.get().inFlight());
    }

    /** A step is done. */
    void stepped(Map<String, Double> metrics, List<ScoredTrajectory> consumed, long startedMs, long endedMs) {
        last = metrics;
        Metric.LEARNER_TOKENS
                .counted(telemetry.meters())
                .increment(Objects.requireNonNull(metrics.get("tokens"), "tokens"));
        telemetry.took(Metric.LEARNER_STEP, startedMs, endedMs);
        consumed.forEach(scored ->
                telemetry.took(Metric.LEARNER_WAIT, scored.getTrajectory().getAtMs(), endedMs));
    }

    /** A figure of the last step; not a number before the first. */
    private Supplier<Number> of(String figure) {
        return () -> last.getOrDefault(figure, Double.NaN);
    }
}
