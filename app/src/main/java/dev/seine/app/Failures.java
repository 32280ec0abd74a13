package dev.seine.app;

import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Errors told in one line. */
public final class Failures {
    private Failures() {}

    /** The message of an error, with its kind where the message alone would say nothing, without wrappers around it. */
    public static String line(Throwable error) {
        Throwable inner = error;
        for (Throwable cause = inner.getCause(); cause != null && wrapper(inner); cause = inner.getCause()) {
            inner = cause;
        }
        String message = inner.getMessage();
        String kind = inner.getClass().getSimpleName();
        if (message == null || message.isBlank()) {
            return kind;
        }
        // A message such as "/data/run" or "Index 3 out of bounds" needs its kind to be understood.
        return ours(inner) ? message : kind + ": " + message;
    }

    private static boolean wrapper(Throwable error) {
        return error instanceof CompletionException
                || error instanceof ExecutionException
                || (error.getClass() == UncheckedIOException.class
                        && String.valueOf(error.getMessage()).startsWith("java."));
    }

    private static boolean ours(Throwable error) {
        return error.getClass().getName().startsWith("dev.seine")
                || error instanceof IllegalArgumentException
                || error instanceof IllegalStateException
                || error instanceof UncheckedIOException;
    }
}
