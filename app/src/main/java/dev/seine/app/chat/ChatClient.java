package dev.seine.app.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.app.chat.ChatFailed.Kind;
import dev.seine.policy.remote.BoundedBody;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks an OpenAI-compatible endpoint for chat completions. Every call ends: a request, its body included, within the time-out, a body within
 * its bound, attempts within their number. Safe for use by many threads.
 */
public final class ChatClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TOO_MANY = 429;

    private final ChatEndpoint endpoint;
    private final Optional<String> key;
    private final HttpClient http;

    /** {@code key} goes into the Authorization header of each request and nowhere else. */
    public ChatClient(ChatEndpoint endpoint, Optional<String> key) {
        this.endpoint = endpoint;
        this.key = key;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // uvicorn drops the body of a request that offers HTTP/2
                .connectTimeout(endpoint.timeout())
                .build();
    }

    /**
     * The reply to one message, as the model wrote it.
     *
     * @throws ChatFailed if there is none after the last attempt
     * @throws InterruptedException if the thread is told to stop
     */
    public String ask(String system, String user) throws InterruptedException {
        HttpRequest request = request(system, user);
        long waitMs = endpoint.backoff().toMillis();
        for (int attempt = 1; ; attempt++) {
            try {
                return content(reply(request));
            } catch (ChatFailed e) {
                if (!e.passing() || attempt == endpoint.attempts()) {
                    throw e;
                }
                Thread.sleep(waitMs);
                waitMs *= 2;
            }
        }
    }

    private HttpRequest request(String system, String user) {
        ObjectNode body = JSON.createObjectNode()
                .put("model", endpoint.model())
                .put("temperature", endpoint.temperature())
                .put("max_tokens", endpoint.maxTokens());
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", system);
        messages.addObject().put("role", "user").put("content", user);
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint.completions())
                .timeout(endpoint.timeout())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()));
        key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return request.build();
    }

    private String reply(HttpRequest request) throws InterruptedException {
        CompletableFuture<HttpResponse<String>> response =
                http.sendAsync(request, info -> new BoundedBody(endpoint.maxReplyBytes()));
        try {
            // The request's own time-out ends with the headers; this one covers the body.
            HttpResponse<String> got = response.get(endpoint.timeout().toMillis(), TimeUnit.MILLISECONDS);
            int status = got.statusCode();
            if (status / 100 != 2) {
                throw new ChatFailed(
                        "the endpoint answered " + status,
                        status == TOO_MANY || status / 100 == 5 ? Kind.AWAY : Kind.REFUSED);
            }
            return got.body();
        } catch (TimeoutException e) {
            throw new ChatFailed("no reply within " + endpoint.timeout().toMillis() + " ms", Kind.TIMED_OUT);
        } catch (ExecutionException e) {
            throw new ChatFailed("the request failed: " + e.getCause(), kind(e.getCause()));
        } finally {
            response.cancel(true);
        }
    }

    private static Kind kind(@Nullable Throwable cause) {
        if (cause instanceof HttpTimeoutException) {
            return Kind.TIMED_OUT;
        }
        return cause instanceof BoundedBody.ReplyTooLong ? Kind.UNREADABLE : Kind.AWAY;
    }

    private static String content(String body) {
        JsonNode content;
        try {
            content =
                    JSON.readTree(body).path("choices").path(0).path("message").path("content");
        } catch (JsonProcessingException e) {
            throw new ChatFailed("the reply is not JSON", Kind.UNREADABLE);
        }
        if (!content.isTextual()) {
            throw new ChatFailed("the reply has no choices[0].message.content", Kind.UNREADABLE);
        }
        return content.textValue();
    }
}
