package dev.seine.topics;

/** Another process has taken over what this one was the only writer of: this one must stop. */
public final class Fenced extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Fenced(String message, Throwable cause) {
        super(message, cause);
    }
}
