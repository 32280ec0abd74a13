package dev.seine.app.operations;

import dev.seine.app.Logging;
import picocli.CommandLine.Option;

/** Options of every command that keeps running: what it shows of itself. Each can also be set in the environment, as containers do. */
public final class OperationsOptions {
    /** How the log is written. */
    public enum LogFormat {
        /** Lines for people. */
        TEXT,
        /** One JSON object a line, INFO and up, on standard error. */
        JSON
    }

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description = "Serve /metrics, /health/live and /health/ready on this port; 0 is off"
                    + " (default: SEINE_METRICS_PORT, or 0).",
            defaultValue = "${env:SEINE_METRICS_PORT:-0}")
    private int metricsPort;

    @Option(
            names = "--metrics-bind",
            paramLabel = "ADDRESS",
            description = "Address to serve them on (default: SEINE_METRICS_BIND, or 127.0.0.1).",
            defaultValue = "${env:SEINE_METRICS_BIND:-127.0.0.1}")
    private String metricsBind;

    @Option(
            names = "--log-format",
            description = "text or json (default: SEINE_LOG_FORMAT, or text).",
            defaultValue = "${env:SEINE_LOG_FORMAT:-text}")
    private LogFormat logFormat;

    /**
     * Begins to show what this process does.
     *
     * @throws IllegalArgumentException if the port cannot be listened on
     */
    public Operations open() {
        if (metricsPort < 0 || metricsPort > 65_535) {
            throw new IllegalArgumentException("--metrics-port must be 0 to 65535, got " + metricsPort);
        }
        if (logFormat == LogFormat.JSON) {
            Logging.asJson();
        }
        return metricsPort == 0 ? Operations.unseen() : Operations.on(metricsBind, metricsPort);
    }
}
