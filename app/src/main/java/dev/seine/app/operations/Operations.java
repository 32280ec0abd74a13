package dev.seine.app.operations;

import dev.seine.app.Loop;
import dev.seine.topics.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What one process shows of itself: its meters and health over HTTP, if a port was given, and spans, if the environment says where to. Records
 * carry trace ids in any case.
 */
public final class Operations implements AutoCloseable {
    private final OpenTelemetrySdk tracing;
    private final Telemetry telemetry;
    private final Health health = new Health();
    private final Optional<JvmGcMetrics> collector;
    private final Optional<OperationsServer> server;

    private Operations(Optional<PrometheusMeterRegistry> prometheus, String bind, int port) {
        tracing = Tracing.start();
        MeterRegistry meters = prometheus.isPresent() ? prometheus.get() : new CompositeMeterRegistry();
        telemetry = new Telemetry(meters, tracing.getTracer("seine"));
        server = prometheus.map(scraped -> OperationsServer.start(bind, port, scraped, health));
        collector = prometheus.map(Operations::jvm);
    }

    /** Without a server. */
    public static Operations unseen() {
        return new Operations(Optional.empty(), "", 0);
    }

    /**
     * Serves meters and health.
     *
     * @param bind address to listen on
     * @param port 0 takes a free one
     * @throws IllegalArgumentException if that cannot be listened on
     */
    public static Operations on(String bind, int port) {
        return new Operations(Optional.of(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)), bind, port);
    }

    /** For the clients and roles of this process. */
    public Telemetry telemetry() {
        return telemetry;
    }

    /** From now on the health is that of these roles; ready no more once {@code stopping} says so. */
    public void watch(Loop loop, BooleanSupplier stopping) {
        health.watch(loop, stopping);
    }

    /** Ready from now on, whatever the roles do, until {@code stopping} says otherwise. */
    public void serving(BooleanSupplier stopping) {
        health.serving(stopping);
    }

    /** Base URL of the server, if there is one. */
    public Optional<String> url() {
        return server.map(OperationsServer::url);
    }

    @Override
    public void close() {
        server.ifPresent(OperationsServer::close);
        collector.ifPresent(JvmGcMetrics::close);
        tracing.close(); // sends what is left
    }

    private static JvmGcMetrics jvm(MeterRegistry meters) {
        new ClassLoaderMetrics().bindTo(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        JvmGcMetrics collector = new JvmGcMetrics();
        collector.bindTo(meters);
        return collector;
    }
}
