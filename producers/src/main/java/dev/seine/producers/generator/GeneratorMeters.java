package dev.seine.producers.generator;

import dev.seine.event.FinishReason;
import dev.seine.event.SegmentKind;
import dev.seine.producers.generator.Rollout.Finished;
import dev.seine.topics.Metric;
import dev.seine.topics.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What a generator shows of its work: its counts, and the times that only it knows. */
final class GeneratorMeters {
    private final Telemetry telemetry;

    GeneratorMeters(Telemetry telemetry, Supplier<GeneratorCounts> counts) {
        this.telemetry = telemetry;
        MeterRegistry meters = telemetry.meters();
        Metric.GENERATOR_VERSION.gauge(meters, () -> counts.get().version());
        Metric.GENERATOR_ROLLOUTS.gauge(meters, () -> counts.get().queued(), "queued");
        Metric.GENERATOR_ROLLOUTS.gauge(
                meters, () -> counts.get().active() - counts.get().waiting(), "writing");
        Metric.GENERATOR_ROLLOUTS.gauge(meters, () -> counts.get().waiting(), "waiting");
        Metric.GENERATOR_QUESTIONS.counter(meters, () -> counts.get().questions());
        Metric.GENERATOR_TOKENS.counter(meters, () -> counts.get().tokens());
        Metric.GENERATOR_SEARCHES.counter(meters, () -> counts.get().searches());
        Metric.GENERATOR_CONTINUED.counter(meters, () -> counts.get().continued());
        for (FinishReason finish : FinishReason.values()) {
            Metric.GENERATOR_TRAJECTORIES.counted(meters, label(finish));
        }
        List.of(Metric.GENERATOR_QUEUE, Metric.GENERATOR_SEARCH, Metric.GENERATOR_ROLLOUT)
                .forEach(timer -> timer.timer(meters));
    }

    /** A rollout is over. */
    void finished(Finished rollout) {
        Metric.GENERATOR_TRAJECTORIES
                .counted(telemetry.meters(), label(rollout.finish()))
                .increment();
        rollout.transcript().pieces().stream()
                .filter(piece -> piece.kind() == SegmentKind.DOCUMENTS && piece.tookMs() > 0)
                .forEach(piece -> Metric.GENERATOR_SEARCH
                        .timer(telemetry.meters())
                        .record(piece.tookMs(), TimeUnit.MILLISECONDS));
        if (rollout.startedAt() >= 0) {
            telemetry.took(Metric.GENERATOR_QUEUE, rollout.plan().question().getAtMs(), rollout.startedAt());
            telemetry.took(Metric.GENERATOR_ROLLOUT, rollout.startedAt(), rollout.endedAt());
            telemetry.span("rollout", rollout.plan().origin().trace(), rollout.startedAt(), rollout.endedAt());
        }
    }

    private static String label(FinishReason finish) {
        return finish.name().toLowerCase(Locale.ROOT);
    }
}
