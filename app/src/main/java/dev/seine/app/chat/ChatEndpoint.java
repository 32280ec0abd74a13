package dev.seine.app.chat;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * An endpoint and how patiently it is asked.
 *
 * @param base URL of an OpenAI-compatible API up to and with its version, such as {@code http://127.0.0.1:8000/v1}
 * @param model its model
 * @param temperature sampling temperature
 * @param maxTokens longest reply
 * @param timeout of one request, its body included
 * @param attempts requests for one reply at most; only time-outs, connection failures, 429 and 5xx are tried again
 * @param backoff wait before the second attempt; doubles with each further one
 * @param maxReplyBytes longest body read; a longer one is refused
 */
public record ChatEndpoint(
        String base,
        String model,
        double temperature,
        int maxTokens,
        Duration timeout,
        int attempts,
        Duration backoff,
        int maxReplyBytes) {
    private static final List<String> SCHEMES = List.of("http", "https");

    /** Whether a text is the URL of a server that can be asked. */
    public static boolean usable(String url) {
        try {
            URI uri = URI.create(url);
            return uri.getHost() != null && SCHEMES.contains(uri.getScheme());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Where chat completions are asked for. */
    public URI completions() {
        return URI.create(base.replaceAll("/+$", "") + "/chat/completions");
    }
}
