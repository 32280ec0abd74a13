package dev.seine.policy.remote;

import dev.seine.policy.Sampling;
import java.util.Arrays;

/** One sequence of a remote engine: all its tokens so far, and what is under way for it. For the engine's thread. */
final class Turn {
    private final String id;
    private final Sampling sampling;
    private int[] tokens;
    private boolean paused;
    private long request; // number of the request under way; 0 if it waits for a server
    private long version;

    Turn(String id, int[] prompt, Sampling sampling) {
        this.id = id;
        this.tokens = prompt.clone();
        this.sampling = sampling;
    }

    String id() {
        return id;
    }

    Sampling sampling() {
        return sampling;
    }

    int[] tokens() {
        return tokens;
    }

    boolean paused() {
        return paused;
    }

    /** Tokens that may still be drawn. */
    int room() {
        return sampling.maxTokens() - tokens.length;
    }

    boolean waits() {
        return !paused && request == 0;
    }

    boolean expects(long number) {
        return request == number;
    }

    /** Version of the weights when the request was sent. */
    long version() {
        return version;
    }

    void sent(long number, long weights) {
        request = number;
        version = weights;
    }

    /** The request came to nothing: it is sent again. */
    void failed() {
        request = 0;
    }

    void wrote(int[] drawn, boolean pause) {
        append(drawn);
        request = 0;
        paused = pause;
    }

    void resume(int[] inserted) {
        append(inserted);
        paused = false;
    }

    /** A seed of the request's own: the same for the same sequence and place, whichever server draws. */
    long seed() {
        long mixed = (sampling.seed() ^ tokens.length * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        return (mixed ^ (mixed >>> 31)) >>> 33;
    }

    private void append(int[] more) {
        int length = tokens.length;
        tokens = Arrays.copyOf(tokens, length + more.length);
        System.arraycopy(more, 0, tokens, length, more.length);
    }
}
