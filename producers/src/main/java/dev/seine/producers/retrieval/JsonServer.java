package dev.seine.producers.retrieval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/** A server that is asked over HTTP and answers in JSON, of which no more is read than it may be long. Safe for use by several threads. */
public final class JsonServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_REPLY_BYTES = 4 << 20;
    private static final int TOO_MANY = 429;

    private final String name;
    private final OkHttpClient http;

    /**
     * A server.
     *
     * @param name what it is called in messages, such as "the search API http://..."
     * @param timeout of a request, its reply included
     */
    public JsonServer(String name, Duration timeout) {
        this.name = name;
        // A redirect could carry a key to another server.
        this.http = new OkHttpClient.Builder()
                .callTimeout(timeout)
                .followRedirects(false)
                .build();
    }

    /** Whether this is an http or https address with a host. */
    public static boolean isAddress(String url) {
        try {
            URI uri = URI.create(url);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Its reply.
     *
     * @throws SearchUnavailable if it does not answer, or has too much to do
     * @throws IllegalStateException if it refuses, or its reply is too long or no JSON
     */
    public JsonNode ask(Request request) {
        try (Response response = http.newCall(request).execute()) {
            if (response.code() == TOO_MANY || response.code() / 100 == 5) {
                throw new SearchUnavailable(name + " answered " + response.code(), null);
            }
            if (!response.isSuccessful()) {
                throw refused("answered " + response.code(), null);
            }
            ResponseBody reply = response.peekBody(MAX_REPLY_BYTES + 1L);
            if (reply.contentLength() > MAX_REPLY_BYTES) {
                throw refused("answered with more than " + MAX_REPLY_BYTES + " bytes", null);
            }
            return json(reply.source().readUtf8());
        } catch (IOException e) {
            throw new SearchUnavailable(name + " does not answer: " + e, e);
        }
    }

    private JsonNode json(String reply) {
        try {
            return JSON.readTree(reply);
        } catch (JsonProcessingException e) {
            throw refused("did not answer in JSON", e);
        }
    }

    /**
     * What is thrown for a reply that is not what it should be.
     *
     * @param cause null if the reply alone is to blame
     */
    public IllegalStateException refused(String what, @Nullable Exception cause) {
        return new IllegalStateException(name + " " + what, cause);
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
