package dev.seine.serving.http;

/**
 * A key as it is kept: without its secret.
 *
 * @param id public part of the key
 * @param name whose it is
 * @param createdAt ISO time
 * @param sha256 of the whole key, in lower-case hexadecimal; keys have 256 random bits, so a slow hash adds nothing
 */
public record ApiKey(String id, String name, String createdAt, String sha256) {}
