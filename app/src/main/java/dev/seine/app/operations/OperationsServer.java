package dev.seine.app.operations;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /metrics} in Prometheus's text format, {@code /health/live} and {@code /health/ready} (200, or 503 with the reason). Takes GET
 * only, reads no bodies and shows no data of the run.
 */
final class OperationsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperationsServer.class);
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final String JSON_TYPE = "application/json";

    private final HttpServer server;
    private final ExecutorService threads;
    private final PrometheusMeterRegistry meters;
    private final Health health;

    private OperationsServer(HttpServer server, PrometheusMeterRegistry meters, Health health) {
        this.server = server;
        this.meters = meters;
        this.health = health;
        threads = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task, "operations");
            thread.setDaemon(true);
            return thread;
        });
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    static OperationsServer start(String bind, int port, PrometheusMeterRegistry meters, Health health) {
        try {
            return new OperationsServer(HttpServer.create(new InetSocketAddress(bind, port), 0), meters, health);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--metrics-port: cannot listen on " + bind + ":" + port + ": " + e.getMessage(), e);
        }
    }

    String url() {
        InetSocketAddress at = server.getAddress();
        return "http://" + at.getHostString() + ":" + at.getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, 405, JSON_TYPE, "{\"error\":\"GET only\"}");
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/metrics" -> send(exchange, 200, METRICS_TYPE, meters.scrape());
                case "/health/live" -> send(exchange, health.live());
                case "/health/ready" -> send(exchange, health.ready());
                default -> send(exchange, 404, JSON_TYPE, "{\"error\":\"try /metrics, /health/live, /health/ready\"}");
            }
        } catch (RuntimeException e) {
            LOG.error("{} failed", exchange.getRequestURI().getPath(), e);
            send(exchange, 500, JSON_TYPE, "{\"error\":\"see the log\"}");
        }
    }

    private static void send(HttpExchange exchange, Health.Answer answer) throws IOException {
        String json = "{\"passed\":" + answer.passed() + ",\"reason\":\"" + answer.reason() + "\"}";
        send(exchange, answer.passed() ? 200 : 503, JSON_TYPE, json);
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
