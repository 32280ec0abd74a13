package dev.seine.topics;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The trace that a record belongs to: begun by its question, handed on to all that comes of it in the records' header {@code traceparent}
 * (W3C Trace Context). Immutable.
 *
 * @param context invalid if there is none
 */
public record Trace(SpanContext context) {
    /** No trace. */
    public static final Trace NONE = new Trace(SpanContext.getInvalid());

    /** Name of the header. */
    public static final String HEADER = "traceparent";

    /** Key of the trace's id in the log. */
    public static final String LOG_KEY = "trace_id";

    private static final TextMapGetter<Headers> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Headers headers) {
            return Arrays.stream(headers.toArray()).map(Header::key).collect(Collectors.toSet());
        }

        @Override
        public @Nullable String get(@Nullable Headers headers, String key) {
            Header header = headers == null ? null : headers.lastHeader(key);
            return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
        }
    };

    /** The trace in a record's headers; none if there is no header or it is malformed. */
    public static Trace of(Headers headers) {
        Context read = W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, GETTER);
        return of(read);
    }

    /** The trace of a {@code traceparent} that came otherwise than with a record; none if it is null or malformed. */
    public static Trace parse(@Nullable String traceparent) {
        Headers headers = new RecordHeaders();
        if (traceparent != null) {
            headers.add(HEADER, traceparent.getBytes(StandardCharsets.UTF_8));
        }
        return of(headers);
    }

    /** The trace that the calling thread is in. */
    public static Trace current() {
        return of(Context.current());
    }

    private static Trace of(Context context) {
        SpanContext found = Span.fromContext(context).getSpanContext();
        return found.isValid() ? new Trace(found) : NONE;
    }

    /** Its id, 32 hexadecimal digits; empty if there is none. */
    public String id() {
        return context.isValid() ? context.getTraceId() : "";
    }

    /** Does something as part of this trace: what is written meanwhile carries it, and what is logged its id. */
    public void within(Runnable work) {
        if (!context.isValid()) {
            work.run();
            return;
        }
        String before = MDC.get(LOG_KEY);
        MDC.put(LOG_KEY, id());
        try {
            asContext().wrap(work).run();
        } finally {
            if (before == null) {
                MDC.remove(LOG_KEY);
            } else {
                MDC.put(LOG_KEY, before);
            }
        }
    }

    /** As OpenTelemetry has it. */
    Context asContext() {
        return Context.root().with(Span.wrap(context));
    }

    /** Adds the header to those of a record that is about to be written; nothing if there is no trace. */
    void into(Headers headers) {
        W3CTraceContextPropagator.getInstance()
                .inject(asContext(), headers, (to, key, value) -> to.add(key, value.getBytes(StandardCharsets.UTF_8)));
    }
}
