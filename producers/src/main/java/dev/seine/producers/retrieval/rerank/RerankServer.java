package dev.seine.producers.retrieval.rerank;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.event.Passage;
import dev.seine.producers.retrieval.Reranker;
import dev.seine.producers.retrieval.SearchUnavailable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * A cross-encoder on a server that speaks the protocol of Jina and Cohere, as vLLM, llama.cpp and Infinity do: {@code model}, {@code query} and
 * {@code documents} go there, an index and a {@code relevance_score} of each come back. Safe for use by several threads.
 */
public final class RerankServer implements Reranker, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final MediaType TYPE = MediaType.get("application/json");
    private static final int MAX_REPLY_BYTES = 4 << 20;
    private static final int TOO_MANY = 429;

    private final RerankConfig config;
    private final Optional<String> key;
    private final OkHttpClient http;

    /** A server; {@code key} goes into the Authorization header and nowhere else. */
    public RerankServer(RerankConfig config, Optional<String> key) {
        this.config = config;
        this.key = key;
        // A redirect could carry the key to another server.
        this.http = new OkHttpClient.Builder()
                .callTimeout(config.timeout())
                .followRedirects(false)
                .build();
    }

    /**
     * {@inheritDoc} Equal scores keep their order.
     *
     * @throws IllegalStateException if the server refuses, or its reply does not score each passage once
     */
    @Override
    public List<Passage> rerank(String query, List<Passage> passages) {
        if (passages.isEmpty()) {
            return passages;
        }
        Request.Builder request = new Request.Builder().url(config.url()).post(body(query, passages));
        key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        try (Response response = http.newCall(request.build()).execute()) {
            if (response.code() == TOO_MANY || response.code() / 100 == 5) {
                throw new SearchUnavailable("the reranker " + config.url() + " answered " + response.code(), null);
            }
            if (!response.isSuccessful()) {
                throw refused("answered " + response.code(), null);
            }
            return scored(passages, results(response));
        } catch (IOException e) {
            throw new SearchUnavailable("the reranker " + config.url() + " does not answer: " + e, e);
        }
    }

    private RequestBody body(String query, List<Passage> passages) {
        ObjectNode body = JSON.createObjectNode().put("model", config.model()).put("query", query);
        passages.forEach(passage -> body.withArray("documents").add(passage.getTitle() + "\n" + passage.getText()));
        return RequestBody.create(body.put("top_n", passages.size()).toString(), TYPE);
    }

    private JsonNode results(Response response) throws IOException {
        ResponseBody reply = response.peekBody(MAX_REPLY_BYTES + 1L);
        if (reply.contentLength() > MAX_REPLY_BYTES) {
            throw refused("answered with more than " + MAX_REPLY_BYTES + " bytes", null);
        }
        try {
            return JSON.readTree(reply.string()).path("results");
        } catch (JsonProcessingException e) {
            throw refused("did not answer in JSON", e);
        }
    }

    private List<Passage> scored(List<Passage> passages, JsonNode results) {
        BitSet seen = new BitSet();
        List<Passage> scored = new ArrayList<>();
        for (JsonNode result : results) {
            int index = result.path("index").asInt(-1);
            double score = result.path("relevance_score").asDouble(Double.NaN);
            if (index < 0 || index >= passages.size() || seen.get(index) || !Double.isFinite(score)) {
                throw refused("scored " + result + " of " + passages.size() + " passages", null);
            }
            seen.set(index);
            scored.add(Passage.newBuilder(passages.get(index)).setScore(score).build());
        }
        if (scored.size() < passages.size()) {
            throw refused("scored " + scored.size() + " of " + passages.size() + " passages", null);
        }
        scored.sort(Comparator.comparingDouble(Passage::getScore).reversed());
        return scored;
    }

    private IllegalStateException refused(String what, Exception cause) {
        return new IllegalStateException("the reranker " + config.url() + " " + what, cause);
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
