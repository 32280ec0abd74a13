package dev.seine.app.train;

/** A stage was told to stop and had nothing to keep. */
final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stopped(String message) {
        super(message);
    }
}
