package dev.seine.producers.retrieval;

/** What is searched in does not answer at present; the same search may succeed later. */
public final class SearchUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says what does not answer, and why. */
    public SearchUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
