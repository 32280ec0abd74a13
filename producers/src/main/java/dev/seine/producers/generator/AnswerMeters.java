package dev.seine.producers.generator;

import dev.seine.event.AnswerEvent;
import dev.seine.event.FinishReason;
import dev.seine.topics.Metric;
import dev.seine.topics.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What an answer generator shows of its work. What is told again after a commit that was undone counts again. */
final class AnswerMeters {
    private final Telemetry telemetry;

    AnswerMeters(Telemetry telemetry, Supplier<AnswerCounts> counts) {
        this.telemetry = telemetry;
        MeterRegistry meters = telemetry.meters();
        Metric.ANSWER_VERSION.gauge(meters, () -> counts.get().version());
        Metric.ANSWER_OPEN.gauge(meters, () -> counts.get().queued(), "waiting");
        Metric.ANSWER_OPEN.gauge(meters, () -> counts.get().active(), "writing");
        Metric.ANSWER_CONTINUED.counter(meters, () -> counts.get().continued());
        Metric.ANSWER_TOKENS.counter(meters, () -> counts.get().tokens());
        Metric.ANSWER_BEGUN.counted(meters);
        Metric.ANSWER_QUEUE.timer(meters);
        Stream.concat(
                        Arrays.stream(FinishReason.values()).map(FinishReason::name),
                        Stream.of(LiveAnswer.WITHDRAWN, LiveAnswer.REFUSED))
                .forEach(finish -> Metric.ANSWER_ENDED.counted(meters, label(finish)));
    }

    /** An event of the answer to this plan's question has been told. */
    void told(Plan plan, AnswerEvent event) {
        long asked = plan.question().getAtMs();
        switch (event.getKind()) {
            case STARTED -> {
                Metric.ANSWER_BEGUN.counted(telemetry.meters()).increment();
                telemetry.took(Metric.ANSWER_QUEUE, asked, event.getAtMs());
            }
            case FINISHED, FAILED -> {
                Metric.ANSWER_ENDED
                        .counted(telemetry.meters(), label(event.getFinish()))
                        .increment();
                telemetry.span("answer", plan.origin().trace(), asked, event.getAtMs());
            }
            case INTERNAL, TEXT, SEARCH, PASSAGES -> {}
        }
    }

    private static String label(String finish) {
        return finish.toLowerCase(Locale.ROOT);
    }
}
