package dev.seine.policy.remote;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Where rollouts are written if not in this process.
 *
 * @param urls servers that hold the same model, such as {@code http://127.0.0.1:8000}; none: the engine in this process
 * @param protocol {@code vllm} or {@code sglang}
 * @param model name by which the servers know the model; SGLang needs none
 * @param timeout longest request, its body included; a server that takes longer is passed over for a while
 * @param backoff wait of a server that failed, doubling up to a minute
 * @param inFlight requests under way at one server
 * @param maxReplyBytes largest reply that is read
 */
public record RemoteConfig(
        List<String> urls,
        String protocol,
        String model,
        Duration timeout,
        Duration backoff,
        int inFlight,
        int maxReplyBytes) {
    /** Checks the ranges and names. */
    public RemoteConfig {
        urls = List.copyOf(urls);
        for (String url : urls) {
            URI uri = URI.create(url);
            check("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()), "urls", "http(s) addresses", url);
        }
        Protocol.of(protocol);
        check(timeout.toMillis() >= 1, "timeout", "at least 1 ms", timeout);
        check(backoff.toMillis() >= 1, "backoff", "at least 1 ms", backoff);
        check(inFlight >= 1, "in-flight", "at least 1", inFlight);
        check(maxReplyBytes >= 1024, "max-reply-bytes", "at least 1024", maxReplyBytes);
    }

    /** Whether servers are used at all. */
    public boolean on() {
        return !urls.isEmpty();
    }

    private static void check(boolean right, String key, String expected, Object got) {
        if (!right) {
            throw new IllegalArgumentException("engine." + key + " must be " + expected + ", got " + got);
        }
    }
}
