package dev.seine.producers.retrieval;

import org.jspecify.annotations.Nullable;

/** What is searched in does not answer at present; the same search may succeed later. */
public final class SearchUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what does not answer, and why.
     *
     * @param cause null if the message says it all
     */
    public SearchUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
