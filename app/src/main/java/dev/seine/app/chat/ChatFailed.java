package dev.seine.app.chat;

/** An endpoint gave no usable reply. The message holds neither the key nor what was asked or answered. */
public final class ChatFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Kind {
        /** No whole reply in time. */
        TIMED_OUT,
        /** The endpoint is busy or cannot be reached at present. */
        AWAY,
        /** The endpoint does not take the request. */
        REFUSED,
        /** The reply is not what it should be. */
        UNREADABLE
    }

    private final Kind kind;

    ChatFailed(String message, Kind kind) {
        super(message);
        this.kind = kind;
    }

    /** Why there is no reply. */
    public Kind kind() {
        return kind;
    }

    /** Whether the same request may succeed later. */
    boolean passing() {
        return kind == Kind.TIMED_OUT || kind == Kind.AWAY;
    }
}
