package dev.seine.app.operations;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import java.util.Map;

/** OpenTelemetry's own SDK, set up by its own environment variables ({@code OTEL_...}). */
final class Tracing {
    private static final String NAME = "otel.service.name";
    private static final String TRACES = "otel.traces.exporter";
    private static final String ENDPOINT = "otel.exporter.otlp.endpoint";
    private static final String TRACES_ENDPOINT = "otel.exporter.otlp.traces.endpoint";

    private Tracing() {}

    /** Makes trace ids in any case, and sends spans where the environment names an exporter or an endpoint to send them to. */
    static OpenTelemetrySdk start() {
        return AutoConfiguredOpenTelemetrySdk.builder()
                .disableShutdownHook()
                .addPropertiesSupplier(
                        () -> Map.of(NAME, "seine", "otel.metrics.exporter", "none", "otel.logs.exporter", "none"))
                .addPropertiesCustomizer(Tracing::quietUnlessAsked)
                .build()
                .getOpenTelemetrySdk();
    }

    /** OpenTelemetry's default is to send to a collector on this machine, whether there is one or not. */
    static Map<String, String> quietUnlessAsked(ConfigProperties given) {
        boolean asked = given.getString(TRACES) != null
                || given.getString(ENDPOINT) != null
                || given.getString(TRACES_ENDPOINT) != null;
        return asked ? Map.of() : Map.of(TRACES, "none");
    }
}
