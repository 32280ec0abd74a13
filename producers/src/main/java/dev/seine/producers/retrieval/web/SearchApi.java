package dev.seine.producers.retrieval.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.seine.producers.JsonRecords;
import dev.seine.producers.retrieval.JsonServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;

/** A search engine that answers in JSON, such as SearXNG, or a keyed one. Safe for use by several threads. */
final class SearchApi {
    private final WebConfig config;
    private final Optional<String> key;
    private final JsonServer server;

    /** {@code key} goes into its header and nowhere else. */
    SearchApi(WebConfig config, Optional<String> key) {
        this.config = config;
        this.key = key;
        this.server = new JsonServer("the search API " + config.url(), config.timeout());
    }

    /** A result. */
    record Hit(String url, String title, String snippet) {}

    /**
     * The first results for a query, at most {@code most}.
     *
     * @throws dev.seine.producers.retrieval.SearchUnavailable if the engine does not answer, or has too much to do
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
        return hits(server.ask(request.build()), most);
    }

    private List<Hit> hits(JsonNode reply, int most) {
        JsonNode results = reply.at("/" + config.results().replace('.', '/'));
        if (!results.isArray()) {
            throw server.refused("answered without an array " + config.results() + " (retrieve.web.results)", null);
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
        server.close();
    }
}
