package dev.seine.app.rewrite;

/** An endpoint gave no usable reply. The message holds neither the key nor what was asked or answered. */
final class ChatFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final boolean passing;

    /** {@code passing} is true if the same request may succeed later. */
    ChatFailed(String message, boolean passing) {
        super(message);
        this.passing = passing;
    }

    boolean passing() {
        return passing;
    }
}
