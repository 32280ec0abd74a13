package dev.seine.producers.retrieval.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web of a few pages on this machine, with a search API at {@code /search}. */
final class LoopbackWeb implements AutoCloseable {
    /** What is served at a path. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Served(int status, String type, byte[] body, long repeats, Map<String, String> headers) {}

    final Map<String, Served> pages = new ConcurrentHashMap<>();
    final List<String> asked = new CopyOnWriteArrayList<>();
    final List<Headers> headers = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final ExecutorService workers = Executors.newCachedThreadPool();

    LoopbackWeb() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(workers);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            headers.add(exchange.getRequestHeaders());
            Served page = pages.getOrDefault(
                    exchange.getRequestURI().getPath(), new Served(404, "text/plain", new byte[0], 1, Map.of()));
            exchange.getResponseHeaders().set("Content-Type", page.type());
            page.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(page.status(), page.body().length * page.repeats());
            try (OutputStream out = exchange.getResponseBody()) {
                for (long i = 0; i < page.repeats(); i++) {
                    out.write(page.body());
                }
            } catch (IOException e) {
                // The reader had enough.
                asked.add("cut " + exchange.getRequestURI());
            }
        });
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    void page(String path, String type, String body) {
        pages.put(path, new Served(200, type, body.getBytes(StandardCharsets.UTF_8), 1, Map.of()));
    }

    void results(String json) {
        page("/search", "application/json", json);
    }

    /** The search API names these pages. */
    void found(String... urls) {
        StringBuilder json = new StringBuilder("{\"results\":[");
        for (String url : urls) {
            json.append(json.length() > 12 ? "," : "")
                    .append("{\"url\":\"")
                    .append(url)
                    .append("\",\"title\":\"A title\",\"content\":\"A snippet.\"}");
        }
        results(json.append("]}").toString());
    }

    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }
}
