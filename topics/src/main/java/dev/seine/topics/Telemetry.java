package dev.seine.topics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * What a process tells of its work: meters and traces. Safe for use by many threads.
 *
 * @param meters where {@link Metric}s are kept
 * @param tracer makes spans
 */
public record Telemetry(MeterRegistry meters, Tracer tracer) {
    private static final long LONGEST_WAIT_MS = Duration.ofDays(1).toMillis();

    /** Keeps nothing and begins no trace. Each is new, so that what is told to it ends with its owner. */
    public static Telemetry none() {
        return new Telemetry(new CompositeMeterRegistry(), TracerProvider.noop().get("seine"));
    }

    /** Whether anybody can read the meters. */
    public boolean metered() {
        return !(meters instanceof CompositeMeterRegistry all
                && all.getRegistries().isEmpty());
    }

    /** Begins a trace with a span that is over at once; none where traces are not begun. */
    public Trace begin(String name) {
        Span span = tracer.spanBuilder(name)
                .setNoParent()
                .setSpanKind(SpanKind.PRODUCER)
                .startSpan();
        span.end();
        return span.getSpanContext().isValid() ? new Trace(span.getSpanContext()) : Trace.NONE;
    }

    /** Tells, as a span of the trace it belongs to, of work that is over; nothing if it belongs to none. Times in milliseconds since 1970. */
    public void span(String name, Trace trace, long startMs, long endMs) {
        if (trace.context().isValid()) {
            tracer.spanBuilder(name)
                    .setParent(trace.asContext())
                    .setStartTimestamp(startMs, TimeUnit.MILLISECONDS)
                    .startSpan()
                    .end(Math.max(startMs, endMs), TimeUnit.MILLISECONDS);
        }
    }

    /** Adds the time between two clocks, in milliseconds; clocks that disagree give 0, and times of records that were made without a clock nothing. */
    public void took(Metric timer, long startMs, long endMs) {
        if (startMs > 0 && endMs - startMs < LONGEST_WAIT_MS) {
            timer.timer(meters).record(Math.max(0, endMs - startMs), TimeUnit.MILLISECONDS);
        }
    }

    /** Shows the figures of a Kafka consumer until the result is closed. */
    Watch watch(Consumer<?, ?> consumer) {
        return metered() ? watch(new KafkaClientMetrics(consumer, Tags.empty(), Refresh.TIMER)) : () -> {};
    }

    /** Shows the figures of a Kafka producer until the result is closed. */
    Watch watch(Producer<?, ?> producer) {
        return metered() ? watch(new KafkaClientMetrics(producer, Tags.empty(), Refresh.TIMER)) : () -> {};
    }

    private Watch watch(KafkaClientMetrics figures) {
        figures.bindTo(meters);
        return figures::close;
    }

    /** Ends the showing of a client's figures. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** Kafka's clients gain figures over time, for which all of them are looked over now and then. */
    private static final class Refresh {
        static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "kafka-figures");
            thread.setDaemon(true);
            return thread;
        });
    }
}
