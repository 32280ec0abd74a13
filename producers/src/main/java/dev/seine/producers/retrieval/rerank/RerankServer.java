package dev.seine.producers.retrieval.rerank;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.event.Passage;
import dev.seine.producers.retrieval.JsonServer;
import dev.seine.producers.retrieval.Reranker;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * A cross-encoder on a server that speaks the protocol of Jina and Cohere, as vLLM, llama.cpp and Infinity do: {@code model}, {@code query} and
 * {@code documents} go there, an index and a {@code relevance_score} of each come back. Safe for use by several threads.
 */
public final class RerankServer implements Reranker, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final MediaType TYPE = MediaType.get("application/json");

    private final RerankConfig config;
    private final Optional<String> key;
    private final JsonServer server;

    /** A server; {@code key} goes into the Authorization header and nowhere else. */
    public RerankServer(RerankConfig config, Optional<String> key) {
        this.config = config;
        this.key = key;
        this.server = new JsonServer("the reranker " + config.url(), config.timeout());
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
        return scored(passages, server.ask(request.build()).path("results"));
    }

    private RequestBody body(String query, List<Passage> passages) {
        ObjectNode body = JSON.createObjectNode().put("model", config.model()).put("query", query);
        passages.forEach(passage -> body.withArray("documents").add(passage.getTitle() + "\n" + passage.getText()));
        body.put("top_n", passages.size())
                .put("truncate_prompt_tokens", -1); // vLLM: a long passage is cut, not refused
        return RequestBody.create(body.toString(), TYPE);
    }

    private List<Passage> scored(List<Passage> passages, JsonNode results) {
        BitSet seen = new BitSet();
        List<Passage> scored = new ArrayList<>();
        for (JsonNode result : results) {
            int index = result.path("index").asInt(-1);
            double score = result.path("relevance_score").asDouble(Double.NaN);
            if (index < 0 || index >= passages.size() || seen.get(index) || !Double.isFinite(score)) {
                throw server.refused("scored " + result + " of " + passages.size() + " passages", null);
            }
            seen.set(index);
            scored.add(Passage.newBuilder(passages.get(index)).setScore(score).build());
        }
        if (scored.size() < passages.size()) {
            throw server.refused("scored " + scored.size() + " of " + passages.size() + " passages", null);
        }
        scored.sort(Comparator.comparingDouble(Passage::getScore).reversed());
        return scored;
    }

    @Override
    public void close() {
        server.close();
    }
}
