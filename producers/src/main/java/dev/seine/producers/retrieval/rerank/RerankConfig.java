package dev.seine.producers.retrieval.rerank;

import dev.seine.producers.retrieval.JsonServer;
import java.time.Duration;

/**
 * A server with a reranking model.
 *
 * @param url where it is asked, such as {@code http://127.0.0.1:8000/v1/rerank}; empty: nothing is reranked
 * @param model name by which it knows the model
 * @param depth passages asked of the retriever and put in order, at least as many as are wanted
 * @param timeout of one request
 */
public record RerankConfig(String url, String model, int depth, Duration timeout) {
    /** Checks the ranges. */
    public RerankConfig {
        check(url.isEmpty() || JsonServer.isAddress(url), "url", "an http(s) address or ''", url);
        check(depth >= 1, "depth", "at least 1", depth);
        check(timeout.toMillis() >= 1, "timeout", "at least 1 ms", timeout);
    }

    /** Whether passages are reranked at all. */
    public boolean on() {
        return !url.isEmpty();
    }

    private static void check(boolean right, String key, String expected, Object got) {
        if (!right) {
            throw new IllegalArgumentException(
                    "retrieve.rerank." + key + " must be " + expected + ", got '" + got + "'");
        }
    }
}
