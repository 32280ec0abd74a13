package dev.seine.policy.store;

import java.net.URI;

/**
 * What an event says of a file: where it is, and how to know that it is the one.
 *
 * @param bytes its size
 * @param sha256 its checksum, in hexadecimal
 */
public record Pointer(URI uri, long bytes, String sha256) {
    /**
     * A pointer as it stands in an event.
     *
     * @throws IllegalArgumentException if {@code uri} is none
     */
    public static Pointer of(String uri, long bytes, String sha256) {
        return new Pointer(URI.create(uri), bytes, sha256);
    }
}
