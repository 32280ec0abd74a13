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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A server that speaks vLLM's protocol over the engine of this process: one request after the other, adapters by name. */
final class CompletionServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    final List<JsonNode> completions = Collections.synchronizedList(new ArrayList<>());
    final List<String> changes = Collections.synchronizedList(new ArrayList<>());
    /** What the next completions are answered with instead. */
    final Deque<Integer> failures = new ArrayDeque<>();

    private final HttpServer server;
    private final Path base;
    private final ModelConfig config;
    private final Map<String, LocalEngine> engines = new HashMap<>();
    private boolean ids = true;

    CompletionServer(Path base, ModelConfig config) throws IOException {
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

    private LocalEngine engine(Decoder decoder) {
        return new LocalEngine(decoder, 1, config.maxPositions(), 0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            JsonNode request = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
            String path = exchange.getRequestURI().getPath();
            switch (path) {
                case "/health" -> send(exchange, 200, "");
                case "/v1/completions" -> complete(exchange, request);
                case "/v1/load_lora_adapter" -> {
                    Path adapter = Path.of(request.path("lora_path").asText());
                    change(
                            "load " + request.path("lora_name").asText(),
                            request.path("lora_name").asText(),
                            Decoder.adapted(base, config, adapter, Device.cpu()));
                    send(exchange, 200, "Success");
                }
                case "/v1/unload_lora_adapter" -> {
                    changes.add("unload " + request.path("lora_name").asText());
                    send(exchange, 200, "Success");
                }
                case "/collective_rpc" -> {
                    Path folder =
                            Path.of(request.path("kwargs").path("weights_path").asText());
                    change(
                            request.path("method").asText(),
                            "base",
                            Decoder.load(folder, config, Device.cpu(), Precision.FLOAT32));
                    send(exchange, 200, "{\"results\": [null]}");
                }
                default -> send(exchange, 404, "{\"error\": \"no such path\"}");
            }
        } catch (RuntimeException e) {
            send(exchange, 400, JSON.writeValueAsString(Map.of("error", String.valueOf(e.getMessage()))));
        }
    }

    private void change(String what, String name, Decoder decoder) {
        changes.add(what);
        LocalEngine before = engines.put(name, engine(decoder));
        if (before != null) {
            before.close();
        }
    }

    private void complete(HttpExchange exchange, JsonNode request) throws IOException {
        completions.add(request);
        if (!failures.isEmpty()) {
            send(exchange, failures.remove(), "{\"error\": \"told to\"}");
            return;
        }
        String model = request.path("model").asText();
        if (model.equals("base")) {
            engines.computeIfAbsent(model, name -> engine(Decoder.load(base, config)));
        }
        LocalEngine engine = engines.get(model);
        if (engine == null) {
            send(exchange, 404, "{\"error\": \"no such model\"}");
            return;
        }
        int[] prompt = ints(request.path("prompt"));
        Set<Integer> stops = new HashSet<>();
        request.path("stop_token_ids").forEach(id -> stops.add(id.asInt()));
        int[] banned = request.path("logit_bias").properties().stream()
                .mapToInt(e -> Integer.parseInt(e.getKey()))
                .toArray();
        engine.start(
                "s",
                prompt,
                new Sampling(
                        (float) request.path("temperature").asDouble(),
                        (float) request.path("top_p").asDouble(),
                        request.path("seed").asLong(),
                        prompt.length + request.path("max_tokens").asInt(),
                        stops,
                        Set.of(),
                        banned));
        List<Written> written = new ArrayList<>();
        while (written.isEmpty()) {
            written.addAll(engine.step());
        }
        send(exchange, 200, reply(written.get(0)));
    }

    private String reply(Written written) throws IOException {
        ObjectNode root = JSON.createObjectNode().put("object", "text_completion");
        ObjectNode choice = root.putArray("choices").addObject().put("text", "never read");
        choice.put("finish_reason", "stop");
        ObjectNode logprobs = choice.putObject("logprobs");
        for (int i = 0; i < written.tokens().length; i++) {
            logprobs.withArray("token_logprobs").add(written.logprobs()[i]);
            logprobs.withArray("tokens").add(ids ? "token_id:" + written.tokens()[i] : "text");
            if (ids && written.tokens().length % 2 == 0) { // both ways of returning ids are spoken
                choice.withArray("token_ids").add(written.tokens()[i]);
            }
        }
        return JSON.writeValueAsString(root);
    }

    private static int[] ints(JsonNode list) {
        int[] ints = new int[list.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = list.get(i).asInt();
        }
        return ints;
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        engines.values().forEach(LocalEngine::close);
    }
}
