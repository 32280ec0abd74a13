package dev.seine.policy.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One server: what is under way there and, after a failure, from when on it may be asked again. State is for the engine's thread. */
final class Replica {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final String url;
    private final RemoteConfig config;
    private final Optional<String> key;
    private final HttpClient http;
    private int inFlight;
    private int failures;
    private long restUntil;
    private boolean current = true;

    /** A server did not do what it was asked; {@code passing} if it may another time. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;
        private final boolean passing;

        Refused(String message, boolean passing) {
            super(message);
            this.passing = passing;
        }

        boolean passing() {
            return passing;
        }
    }

    Replica(String url, RemoteConfig config, Optional<String> key, HttpClient http) {
        this.url = url.replaceAll("/+$", "");
        this.config = config;
        this.key = key;
        this.http = http;
    }

    String url() {
        return url;
    }

    int inFlight() {
        return inFlight;
    }

    /** Whether it has the weights in use and room, and does not rest. */
    boolean takes(long nowMs) {
        return current && inFlight < config.inFlight() && nowMs >= restUntil;
    }

    /** Whether it lags behind in weights and may be asked again. */
    boolean behind(long nowMs) {
        return !current && nowMs >= restUntil;
    }

    void current(boolean has) {
        current = has;
    }

    void began() {
        inFlight++;
    }

    void ended(boolean well, long nowMs) {
        inFlight--;
        if (well) {
            failures = 0;
        } else {
            rest(nowMs);
        }
    }

    /** Doubles its rest. */
    void rest(long nowMs) {
        long wait = config.backoff().toMillis() << Math.min(failures++, 16);
        restUntil = nowMs + Math.min(wait, LONGEST_WAIT.toMillis());
    }

    /** Asks for JSON, or without a body for a sign of life; the future fails with {@link Refused} or what the connection says. */
    CompletableFuture<JsonNode> send(String path, Optional<JsonNode> body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(config.timeout());
        body.ifPresentOrElse(
                json -> request.header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json.toString())),
                request::GET);
        key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return http.sendAsync(request.build(), info -> new BoundedBody(config.maxReplyBytes()))
                .orTimeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .thenCompose(this::json);
    }

    /** As {@link #ask}, where the answer says nothing. */
    void call(String path, Optional<JsonNode> body) throws IOException {
        var unused = ask(path, body);
    }

    /** As {@link #send}, and waits. */
    JsonNode ask(String path, Optional<JsonNode> body) throws IOException {
        try {
            return send(path, body).get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Refused refused
                    ? refused
                    : new IOException(url + path + ": " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IOException(url + path + " did not answer within " + config.timeout(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + url + path, e);
        }
    }

    private CompletableFuture<JsonNode> json(HttpResponse<String> response) {
        int status = response.statusCode();
        String body = response.body();
        if (status / 100 != 2) {
            boolean passing = status == 408 || status == 429 || status / 100 == 5;
            String said = body.substring(0, Math.min(200, body.length())).replaceAll("\\s+", " ");
            return CompletableFuture.failedFuture(
                    new Refused(response.uri() + " answered " + status + ": " + said, passing));
        }
        try {
            return CompletableFuture.completedFuture(
                    body.stripLeading().startsWith("{") ? JSON.readTree(body) : JSON.createObjectNode());
        } catch (IOException e) {
            return CompletableFuture.failedFuture(
                    new Refused(response.uri() + " sent no JSON: " + e.getMessage(), true));
        }
    }
}
