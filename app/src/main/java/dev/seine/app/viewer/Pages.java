package dev.seine.app.viewer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.seine.app.Failures;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the viewer on the loopback interface. Answers GET only, and only to who calls this machine by a loopback name, so that no page of
 * somebody else can read a run through a visitor's browser. Scripts and styles come from here and nowhere else.
 */
final class Pages implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pages.class);
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final Map<String, String> FILES = Map.of(
            "/", "index.html",
            "/viewer.css", "viewer.css",
            "/viewer.js", "viewer.js",
            "/elements.js", "elements.js",
            "/rollout.js", "rollout.js");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final Shelf runs;

    /**
     * Starts serving.
     *
     * @param port 0 takes a free one
     */
    Pages(int port, Shelf runs) {
        this.runs = runs;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on 127.0.0.1:" + port + ": " + e.getMessage(), e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    /** Address of the first page. */
    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (!local(exchange.getRequestHeaders().getFirst("Host"))) {
                send(exchange, 403, "text/plain", "call this machine 127.0.0.1 or localhost");
            } else if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, 405, "text/plain", "GET only");
            } else if (FILES.containsKey(path)) {
                send(exchange, 200, type(FILES.get(path)), resource(FILES.get(path)));
            } else {
                data(exchange, path);
            }
        } catch (RuntimeException e) {
            LOG.warn("{}: {}", exchange.getRequestURI(), e.toString());
        }
    }

    private void data(HttpExchange exchange, String path) throws IOException {
        try {
            Query query = new Query(exchange.getRequestURI().getRawQuery());
            Optional<String> found = path.equals("/api/runs")
                    ? Optional.of(RunPages.names(runs.names()))
                    : runs.run(query.text("of")).flatMap(run -> run.answer(path, query));
            if (found.isPresent()) {
                send(exchange, 200, "application/json", found.get());
            } else {
                send(exchange, 404, "application/json", "{\"error\":\"there is no such thing in the log\"}");
            }
        } catch (IllegalArgumentException e) {
            send(exchange, 400, "application/json", RunPages.error(Failures.line(e)));
        } catch (RuntimeException e) {
            LOG.warn("{} failed", path, e);
            send(exchange, 500, "application/json", RunPages.error("the log could not be read: " + e.getMessage()));
        }
    }

    private static boolean local(@Nullable String host) {
        return host != null && host.matches("(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d+)?");
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type + "; charset=utf-8");
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static String type(String file) {
        return file.endsWith(".html") ? "text/html" : file.endsWith(".css") ? "text/css" : "text/javascript";
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Pages.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
