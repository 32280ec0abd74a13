package dev.seine.app.train;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.seine.policy.Decoder;
import dev.seine.policy.LocalEngine;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Precision;
import dev.seine.policy.Sampling;
import dev.seine.policy.Written;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A server over the engine of this process: one request after the other, adapters by name. A subclass speaks the protocol. */
abstract class PolicyServer implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    /** The model that the server was started with, or what it was changed to. */
    static final String BASE = "base";

    final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());
    final List<String> changes = Collections.synchronizedList(new ArrayList<>());
    /** What the next completions are answered with instead. */
    final Deque<Integer> failures = new ArrayDeque<>();

    private final HttpServer server;
    private final String completions;
    private final Path base;
    private final ModelConfig config;
    private final Map<String, LocalEngine> engines = new HashMap<>();
    private boolean ids = true;
    private volatile boolean unwilling;
    private volatile boolean breaking;
    private volatile boolean away;

    /** A completion that was asked for. */
    @SuppressWarnings("ArrayRecordComponent") // ids
    record Asked(String model, int[] prompt, Sampling sampling) {}

    private record Reply(int status, String body) {}

    /** Serves {@code base} by {@code protocol}, which is {@code vllm} or {@code sglang}. */
    static PolicyServer of(String protocol, Path base, ModelConfig config) throws IOException {
        return protocol.equals("vllm") ? new VllmServer(base, config) : new SglangServer(base, config);
    }

    PolicyServer(String completions, Path base, ModelConfig config) throws IOException {
        this.completions = completions;
        this.base = base;
        this.config = config;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Replies as a server that was not told to return ids. */
    void withoutIds() {
        ids = false;
    }

    boolean ids() {
        return ids;
    }

    /** Reads a request; what it throws is answered with 400. */
    abstract Asked read(JsonNode request);

    /** The reply to a request. */
    abstract ObjectNode reply(Asked asked, Written written);

    /** Changes what is served, if the path says so, and returns the reply. */
    abstract Optional<String> change(String path, JsonNode request);

    final void load(String name, Path adapter) {
        if (engines.containsKey(name)) {
            throw new IllegalArgumentException("the adapter " + name + " has already been loaded");
        }
        serve("load " + name, name, Decoder.adapted(base, config, adapter, Device.cpu()));
    }

    final void unload(String name) {
        LocalEngine engine = engines.remove(name);
        if (engine == null) {
            throw new IllegalArgumentException("the adapter " + name + " is not loaded");
        }
        engine.close();
        changes.add("unload " + name);
    }

    /** As a server that was started anew: with the model of its command line and no adapter. */
    final void restart() {
        engines.values().forEach(LocalEngine::close);
        engines.clear();
        changes.add("restart");
    }

    /** Breaks the next connection off in the middle of a request. */
    final void breakOff() {
        breaking = true;
    }

    /** Answers 200 to what is to change its whole model, and says in it that it was not done. */
    final void unwilling(boolean is) {
        unwilling = is;
    }

    /** The answer to a change of the whole model, which is done if the server is willing. */
    final String done(Runnable change) {
        if (unwilling) {
            return "{\"success\": false, \"message\": \"not now\"}";
        }
        change.run();
        return "{\"success\": true, \"message\": \"done\"}";
    }

    /** Breaks every connection off, until it is back. */
    final void away(boolean is) {
        away = is;
    }

    final void reload(Path folder) {
        serve("reload", BASE, Decoder.load(folder, config, Device.cpu(), Precision.FLOAT32));
    }

    private void serve(String what, String name, Decoder decoder) {
        changes.add(what);
        LocalEngine before = engines.put(name, engine(decoder));
        if (before != null) {
            before.close();
        }
    }

    private LocalEngine engine(Decoder decoder) {
        return new LocalEngine(decoder, 1, config.maxPositions(), 0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (breaking || away) {
                breaking = false;
                return;
            }
            // As uvicorn, which vLLM and SGLang run in: the body of a request that asks for another protocol is not
            // read.
            boolean unread = body.length == 0 || exchange.getRequestHeaders().containsKey("Upgrade");
            JsonNode request = unread ? JSON.createObjectNode() : JSON.readTree(body);
            Reply reply;
            try {
                reply = answer(exchange.getRequestURI().getPath(), request);
            } catch (RuntimeException e) {
                reply = new Reply(400, error(String.valueOf(e.getMessage())));
            }
            byte[] bytes = reply.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private Reply answer(String path, JsonNode request) {
        if (path.equals("/health")) {
            return new Reply(200, "");
        }
        if (path.equals("/v1/models")) {
            ObjectNode models = JSON.createObjectNode();
            engines.keySet()
                    .forEach(name -> models.withArray("data").addObject().put("id", name));
            return new Reply(200, models.toString());
        }
        if (!path.equals(completions)) {
            return change(path, request)
                    .map(done -> new Reply(200, done))
                    .orElseGet(() -> new Reply(404, error("no such path")));
        }
        Asked one = read(request);
        asked.add(one);
        if (!failures.isEmpty()) {
            return new Reply(failures.remove(), error("told to"));
        }
        if (one.model.equals(BASE)) {
            engines.computeIfAbsent(BASE, name -> engine(Decoder.load(base, config)));
        }
        LocalEngine engine = engines.get(one.model);
        if (engine == null) {
            return new Reply(404, error("no such model: " + one.model));
        }
        engine.start("s", one.prompt, one.sampling);
        List<Written> written = new ArrayList<>();
        while (written.isEmpty()) {
            written.addAll(engine.step());
        }
        return new Reply(200, reply(one, written.get(0)).toString());
    }

    private static String error(String message) {
        return JSON.createObjectNode().put("error", message).toString();
    }

    /** How to draw: {@code settings} are those that both protocols name alike. */
    static Sampling sampling(JsonNode settings, String seed, int maxTokens, Set<Integer> stops) {
        int[] banned = settings.path("logit_bias").properties().stream()
                .mapToInt(e -> Integer.parseInt(e.getKey()))
                .toArray();
        return new Sampling(
                (float) settings.path("temperature").asDouble(),
                (float) settings.path("top_p").asDouble(),
                settings.path(seed).asLong(),
                maxTokens,
                stops,
                Set.of(),
                banned);
    }

    static Set<Integer> stops(JsonNode settings) {
        Set<Integer> stops = new TreeSet<>();
        settings.path("stop_token_ids").forEach(id -> stops.add(id.asInt()));
        return stops;
    }

    static int[] ints(JsonNode list) {
        int[] ints = new int[list.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = list.get(i).asInt();
        }
        return ints;
    }

    @Override
    public void close() {
        server.stop(0);
        engines.values().forEach(LocalEngine::close);
    }
}
