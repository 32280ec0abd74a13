package dev.seine.serving.http;

import java.time.Duration;

/**
 * Settings of the HTTP server.
 *
 * @param host address to listen on; anything but loopback needs keys
 * @param port 0 takes a free one
 * @param maxRequestBytes largest body of a request
 * @param maxConnections requests under way at once, streams included; each holds a thread
 * @param requestsPerMinute of one key; 0 is no limit
 * @param burst requests that one key may make at once
 * @param writeTimeout a client that takes nothing for this long is given up
 */
public record HttpConfig(
        String host,
        int port,
        int maxRequestBytes,
        int maxConnections,
        int requestsPerMinute,
        int burst,
        Duration writeTimeout) {
    /** Checks the ranges. */
    public HttpConfig {
        check(!host.isBlank(), "host", "an address", host);
        check(port >= 0 && port <= 65_535, "port", "0 to 65535", port);
        check(maxRequestBytes >= 1_024, "max-request-bytes", "at least 1024", maxRequestBytes);
        check(maxConnections >= 4, "max-connections", "at least 4", maxConnections);
        check(requestsPerMinute >= 0, "requests-per-minute", "at least 0", requestsPerMinute);
        check(burst >= 1, "burst", "at least 1", burst);
        check(writeTimeout.toMillis() >= 1, "write-timeout", "at least 1 ms", writeTimeout);
    }

    /** The same at another address. */
    public HttpConfig at(String otherHost, int otherPort) {
        return new HttpConfig(
                otherHost, otherPort, maxRequestBytes, maxConnections, requestsPerMinute, burst, writeTimeout);
    }

    private static void check(boolean right, String key, String expected, Object got) {
        if (!right) {
            throw new IllegalArgumentException("serve.http." + key + " must be " + expected + ", got " + got);
        }
    }
}
