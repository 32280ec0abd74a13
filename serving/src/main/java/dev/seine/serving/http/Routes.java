package dev.seine.serving.http;

import io.javalin.config.RoutesConfig;

/**
 * A part of the HTTP interface. Paths under {@link Gate#API} are reached only by who has a key, where there are keys, and within
 * the rate limit; {@link Caller#of} says who it is. A refusal is thrown as {@link ApiError}.
 */
public interface Routes extends AutoCloseable {
    /** Adds what this part answers; called once, before the server starts. */
    void add(RoutesConfig routes);

    /** Gives back what it holds; called once, after the server has ended. */
    @Override
    default void close() {}
}
