package dev.seine.topics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry in this process, on the loopback interface unless told otherwise, with Confluent's REST API for Avro: ids, versions,
 * compatibility (BACKWARD unless told otherwise). Its state is a compacted topic, so a registry that is started later on
 * the same brokers knows what this one knew. Only the registry started last on a broker may write.
 */
public final class EmbeddedRegistry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRegistry.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int MAX_BODY_BYTES = 1 << 20;

    static {
        // Without it each request on a kept connection waits for a delayed acknowledgement: 40 ms.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final RegistryLog log;
    private final RegistryRoutes routes;

    private EmbeddedRegistry(HttpServer server, RegistryLog log, RegistryRoutes routes) {
        this.server = server;
        this.log = log;
        this.routes = routes;
        threads = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task, "registry");
            thread.setDaemon(true);
            return thread;
        });
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    /** Starts a registry on any free port, whose state is in these brokers. */
    public static EmbeddedRegistry start(String bootstrap) {
        return start(Connection.of(bootstrap, ""));
    }

    /** Starts a registry on any free port, whose state is in this connection's brokers. */
    public static EmbeddedRegistry start(Connection connection) {
        return start(connection, 0);
    }

    /**
     * Starts a registry on this port; 0 is any free one. The connection's own registry address is not looked at.
     *
     * @throws IllegalStateException if no broker answers, or the port is taken
     */
    public static EmbeddedRegistry start(Connection connection, int port) {
        return start(connection, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /**
     * Starts a registry at this address, which only those who may change schemas should reach.
     *
     * @throws IllegalStateException if no broker answers, or the address cannot be listened on
     */
    public static EmbeddedRegistry start(Connection connection, InetSocketAddress address) {
        RegistryLog log = RegistryLog.open(connection);
        try {
            RegistryRoutes routes = new RegistryRoutes(log.read(), log);
            return new EmbeddedRegistry(HttpServer.create(address, 0), log, routes);
        } catch (IOException e) {
            log.close();
            throw new IllegalStateException("the registry cannot listen on " + address + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    /** Base URL. */
    public String url() {
        return "http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        log.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        int status = 200;
        JsonNode answer;
        try {
            answer = routes.answer(
                    exchange.getRequestMethod(),
                    path(exchange.getRequestURI().getRawPath()),
                    query(exchange.getRequestURI().getRawQuery()),
                    body(exchange));
        } catch (RegistryRefusal e) {
            status = e.status();
            answer = error(e.code(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("{} {}", exchange.getRequestMethod(), exchange.getRequestURI(), e);
            status = 500;
            answer = error(500, e.toString());
        }
        byte[] bytes = JSON.writeValueAsBytes(answer);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", TYPE);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    /** A body must call itself JSON, which no page of another site can make a browser do unasked. */
    private static JsonNode body(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (bytes.length > MAX_BODY_BYTES) {
            throw new RegistryRefusal(413, 413, "expected a body of at most " + MAX_BODY_BYTES + " bytes, got more");
        }
        String method = exchange.getRequestMethod();
        if (!method.equals("POST") && !method.equals("PUT")) {
            return JsonNodeFactory.instance.objectNode();
        }
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type == null || !type.contains("json")) {
            throw new RegistryRefusal(415, 415, "expected Content-Type " + TYPE + ", got " + type);
        }
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new RegistryRefusal(400, 400, "expected a JSON body: " + e.getOriginalMessage());
        }
    }

    private static List<String> path(String raw) {
        return Arrays.stream(raw.split("/", -1))
                .filter(part -> !part.isEmpty())
                .map(EmbeddedRegistry::decoded)
                .toList();
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new HashMap<>();
        for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
            int split = pair.indexOf('=');
            query.put(
                    decoded(split < 0 ? pair : pair.substring(0, split)),
                    split < 0 ? "" : decoded(pair.substring(split + 1)));
        }
        return query;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RegistryRefusal(400, 400, "expected an encoded URL, got '" + text + "'");
        }
    }

    private static JsonNode error(int code, String message) {
        return JsonNodeFactory.instance.objectNode().put("error_code", code).put("message", message);
    }
}
