package dev.seine.serving.http;

import io.javalin.http.Context;

/**
 * Who calls.
 *
 * @param id of the key; {@link #LOCAL} where there are no keys
 */
public record Caller(String id) {
    /** Anybody on this machine, where no keys are set. */
    public static final String LOCAL = "local";

    private static final String ATTRIBUTE = "seine.caller";

    /** The caller of a request to the API. */
    public static Caller of(Context ctx) {
        Caller caller = ctx.attribute(ATTRIBUTE);
        if (caller == null) {
            throw new IllegalStateException(ctx.path() + " is not behind the gate");
        }
        return caller;
    }

    void onto(Context ctx) {
        ctx.attribute(ATTRIBUTE, this);
    }
}
