package dev.seine.app.rewrite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks an OpenAI-compatible endpoint for chat completions. Every call ends: a request, its body included, within the time-out, a body within
 * its bound, attempts within their number. Safe for use by many threads.
 */
final class ChatClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TOO_MANY = 429;

    private final RewriteConfig config;
    private final Optional<String> key;
    private final HttpClient http;

    /** {@code key} goes into the Authorization header of each request and nowhere else. */
    ChatClient(RewriteConfig config, Optional<String> key) {
        this.config = config;
        this.key = key;
        this.http = HttpClient.newBuilder().connectTimeout(config.timeout()).build();
    }

    /**
     * The reply to one message, as the model wrote it.
     *
     * @throws ChatFailed if there is none after the last attempt
     * @throws InterruptedException if the thread is told to stop
     */
    String ask(String system, String user) throws InterruptedException {
        HttpRequest request = request(system, user);
        long waitMs = config.backoff().toMillis();
        for (int attempt = 1; ; attempt++) {
            try {
                return content(reply(request));
            } catch (ChatFailed e) {
                if (!e.passing() || attempt == config.attempts()) {
                    throw e;
                }
                Thread.sleep(waitMs);
                waitMs *= 2;
            }
        }
    }

    private HttpRequest request(String system, String user) {
        ObjectNode body = JSON.createObjectNode()
                .put("model", config.model())
                .put("temperature", config.temperature())
                .put("max_tokens", config.maxTokens());
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", system);
        messages.addObject().put("role", "user").put("content", user);
        HttpRequest.Builder request = HttpRequest.newBuilder(config.completions())
                .timeout(config.timeout())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()));
        key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return request.build();
    }

    private String reply(HttpRequest request) throws InterruptedException {
        CompletableFuture<HttpResponse<String>> response =
                http.sendAsync(request, info -> new BoundedBody(config.maxReplyBytes()));
        try {
            // The request's own time-out ends with the headers; this one covers the body.
            HttpResponse<String> got = response.get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
            int status = got.statusCode();
            if (status / 100 != 2) {
                throw new ChatFailed("the endpoint answered " + status, status == TOO_MANY || status / 100 == 5);
            }
            return got.body();
        } catch (TimeoutException e) {
            throw new ChatFailed("no reply within " + config.timeout().toMillis() + " ms", true);
        } catch (ExecutionException e) {
            boolean tooLong = e.getCause() instanceof BoundedBody.ReplyTooLong;
            throw new ChatFailed("the request failed: " + e.getCause(), !tooLong);
        } finally {
            response.cancel(true);
        }
    }

    private static String content(String body) {
        JsonNode content;
        try {
            content =
                    JSON.readTree(body).path("choices").path(0).path("message").path("content");
        } catch (JsonProcessingException e) {
            throw new ChatFailed("the reply is not JSON", false);
        }
        if (!content.isTextual()) {
            throw new ChatFailed("the reply has no choices[0].message.content", false);
        }
        return content.textValue();
    }
}
