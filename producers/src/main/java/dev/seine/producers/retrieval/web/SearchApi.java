package dev.seine.producers.retrieval.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.producers.JsonRecords;
import dev.seine.producers.retrieval.SearchUnavailable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Buffer;

/** A search engine that answers in JSON, such as SearXNG, or a keyed one. Safe for use by several threads. */
final class SearchApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_REPLY_BYTES = 4 << 20;
    private static final int TOO_MANY = 429;

    private final WebConfig config;
    private final Optional<String> key;
    private final OkHttpClient http;

    /** {@code key} goes into its header and nowhere else. */
    SearchApi(WebConfig config, Optional<String> key) {
        this.config = config;
        this.key = key;
        // A redirect could carry the key to another server.
        this.http = new OkHttpClient.Builder()
                .callTimeout(config.timeout())
                .followRedirects(false)
                .build();
    }

    /** A result. */
    record Hit(String url, String title, String snippet) {}

    /**
     * The first results for a query, at most {@code most}.
     *
     * @throws SearchUnavailable if the engine does not answer, or has too much to do
     * @throws IllegalStateException if it refuses, or its answer is not what it should be
     */
    List<Hit> search(String query, int most) {
        HttpUrl.Builder url = HttpUrl.get(config.url()).newBuilder().addQueryParameter(config.queryParameter(), query);
        for (String parameter : config.parameters()) {
            int equals = parameter.indexOf('=');
            url.addQueryParameter(parameter.substring(0, equals), parameter.substring(equals + 1));
        }
        Request.Builder request = new Request.Builder().url(url.build()).header("Accept", "application/json");
        key.ifPresent(secret -> request.header(config.header(), secret));
        try (Response response = http.newCall(request.build()).execute()) {
            if (response.code() == TOO_MANY || response.code() / 100 == 5) {
                throw new SearchUnavailable("the search API " + config.url() + " answered " + response.code(), null);
            }
            if (!response.isSuccessful()) {
                throw new IllegalStateException("the search API " + config.url() + " answered " + response.code());
            }
            return hits(body(response), most);
        } catch (IOException e) {
            throw new SearchUnavailable("the search API " + config.url() + " does not answer: " + e, e);
        }
    }

    private String body(Response response) throws IOException {
        Buffer read = new Buffer();
        while (response.body().source().read(read, MAX_REPLY_BYTES) >= 0) {
            if (read.size() > MAX_REPLY_BYTES) {
                throw new IllegalStateException(
                        "the search API " + config.url() + " answered with more than " + MAX_REPLY_BYTES + " bytes");
            }
        }
        return read.readUtf8();
    }

    private List<Hit> hits(String body, int most) {
        JsonNode results;
        try {
            results = JSON.readTree(body).at("/" + config.results().replace('.', '/'));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the search API " + config.url() + " did not answer in JSON", e);
        }
        if (!results.isArray()) {
            throw new IllegalStateException("the search API " + config.url() + " answered without an array "
                    + config.results() + " (retrieve.web.results)");
        }
        List<Hit> hits = new ArrayList<>();
        for (JsonNode result : results) {
            String url = JsonRecords.text(result, config.link());
            if (hits.size() < most && !url.isEmpty()) {
                hits.add(new Hit(
                        url, JsonRecords.text(result, config.title()), JsonRecords.text(result, config.snippet())));
            }
        }
        return hits;
    }

    void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
