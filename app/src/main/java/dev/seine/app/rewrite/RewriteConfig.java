package dev.seine.app.rewrite;

import dev.seine.app.chat.ChatEndpoint;
import java.time.Duration;

/**
 * Who rewrites searched trajectories into memory samples. A key for the endpoint, if it wants one, comes from the environment variable
 * {@value #KEY} alone.
 *
 * @param rewriter {@code rule-based}, in the reward topology, or {@code llm}, in a role of its own
 * @param url base of an OpenAI-compatible API, such as {@code http://127.0.0.1:8000/v1}
 * @param model its model
 * @param temperature sampling temperature
 * @param maxTokens longest reply
 * @param timeout of one request, its body included
 * @param attempts requests for one trajectory at most; only time-outs, connection failures, 429 and 5xx are tried again
 * @param backoff wait before the second attempt; doubles with each further one
 * @param maxReplyBytes longest body read; a longer one is refused
 * @param concurrency requests under way at once
 */
public record RewriteConfig(
        String rewriter,
        String url,
        String model,
        double temperature,
        int maxTokens,
        Duration timeout,
        int attempts,
        Duration backoff,
        int maxReplyBytes,
        int concurrency) {
    /** Environment variable that holds the endpoint's key. */
    public static final String KEY = "SEINE_LLM_KEY";

    private static final String RULES = "rule-based";
    private static final String LLM = "llm";

    /** Checks the ranges and, for {@code llm}, the endpoint. */
    public RewriteConfig {
        require(rewriter.equals(RULES) || rewriter.equals(LLM), "rewriter", RULES + " or " + LLM, rewriter);
        require(temperature >= 0, "temperature", "at least 0", temperature);
        require(maxTokens >= 1, "max-tokens", "at least 1", maxTokens);
        require(timeout.toMillis() >= 1, "timeout", "at least 1 ms", timeout);
        require(attempts >= 1, "attempts", "at least 1", attempts);
        require(!backoff.isNegative(), "backoff", "at least 0", backoff);
        require(maxReplyBytes >= 1, "max-reply-bytes", "at least 1", maxReplyBytes);
        require(concurrency >= 1, "concurrency", "at least 1", concurrency);
        if (rewriter.equals(LLM)) {
            require(ChatEndpoint.usable(url), "url", "an http or https address", "'" + url + "'");
            require(!model.isBlank(), "model", "the name of a model", "'" + model + "'");
        }
    }

    /** Whether a language model rewrites. */
    public boolean llm() {
        return rewriter.equals(LLM);
    }

    ChatEndpoint endpoint() {
        return new ChatEndpoint(url, model, temperature, maxTokens, timeout, attempts, backoff, maxReplyBytes);
    }

    private static void require(boolean holds, String key, String expected, Object got) {
        if (!holds) {
            throw new IllegalArgumentException("rewrite." + key + " must be " + expected + ", got " + got);
        }
    }
}
