package dev.seine.producers.retrieval.dense;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a Qdrant server is and how it is asked. Its API key is no part of this.
 *
 * @param host name or address
 * @param port of its gRPC service
 * @param tls whether the connection is encrypted
 * @param certificate PEM file of the authority that the server's certificate is checked against; empty is the JDK's own
 * @param collection alias of the published generation; the generations are collections named after it, with a number
 * @param timeout of one request
 */
public record QdrantConfig(
        String host, int port, boolean tls, Optional<Path> certificate, String collection, Duration timeout) {
    /** Checks the ranges. */
    public QdrantConfig {
        require(!host.isBlank(), "host", "a name or an address", "'" + host + "'");
        require(port >= 1 && port <= 65_535, "port", "1 to 65535", port);
        require(
                collection.matches("[A-Za-z0-9_.-]{1,200}"),
                "collection",
                "letters, digits, '_', '.', '-'",
                collection);
        require(timeout.toMillis() >= 1, "timeout", "at least 1 ms", timeout);
        require(tls || certificate.isEmpty(), "certificate", "empty where retrieve.qdrant.tls is false", certificate);
    }

    /** The server, for messages. */
    String server() {
        return "Qdrant at " + host + ":" + port;
    }

    private static void require(boolean holds, String key, String expected, Object got) {
        if (!holds) {
            throw new IllegalArgumentException("retrieve.qdrant." + key + " must be " + expected + ", got " + got);
        }
    }
}
