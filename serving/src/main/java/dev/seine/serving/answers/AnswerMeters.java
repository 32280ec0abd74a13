package dev.seine.serving.answers;

import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.topics.Metric;
import dev.seine.topics.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** What the service shows of its answers. Safe for use by many threads. */
final class AnswerMeters {
    private static final String FINISHED = "finished";
    private static final String FAILED = "failed";

    private final Telemetry telemetry;
    private final AtomicInteger readers = new AtomicInteger();

    AnswerMeters(Telemetry telemetry, Supplier<Number> open) {
        this.telemetry = telemetry;
        MeterRegistry meters = telemetry.meters();
        Metric.SERVE_OPEN.gauge(meters, open);
        Metric.SERVE_READERS.gauge(meters, readers::get);
        Metric.SERVE_QUESTIONS.counted(meters);
        List.of(FINISHED, FAILED).forEach(outcome -> Metric.SERVE_ANSWERS.counted(meters, outcome));
        List.of(Metric.SERVE_FIRST_EVENT, Metric.SERVE_ANSWER).forEach(timer -> timer.timer(meters));
    }

    void asked() {
        Metric.SERVE_QUESTIONS.counted(telemetry.meters()).increment();
    }

    /** An event has come that was not here yet. */
    void came(Answer answer, AnswerEvent event, long nowMs) {
        if (event.getIndex() == 0) {
            telemetry.took(Metric.SERVE_FIRST_EVENT, answer.askedAtMs(), nowMs);
        }
        if (answer.over()) {
            String outcome = event.getKind() == AnswerEventKind.FINISHED ? FINISHED : FAILED;
            Metric.SERVE_ANSWERS.counted(telemetry.meters(), outcome).increment();
            telemetry.took(Metric.SERVE_ANSWER, answer.askedAtMs(), nowMs);
        }
    }

    /** How many follow an answer now. */
    AtomicInteger readers() {
        return readers;
    }
}
