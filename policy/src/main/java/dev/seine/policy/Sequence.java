package dev.seine.policy;

import java.util.Arrays;
import java.util.SplittableRandom;

/** One sequence of an engine: what its cache holds, what is still to be fed, and what it wrote since it was started or resumed. */
final class Sequence {
    private static final int[] NONE = {};

    private final String id;
    private final int slot;
    private final Sampling sampling;
    private final SplittableRandom random;

    private int cached; // tokens whose keys and values are in the cache
    private int[] pending; // tokens to be fed before the next is drawn
    private boolean paused;

    private int[] tokens = new int[16];
    private float[] logprobs = new float[16];
    private int written;
    private long minVersion;
    private long maxVersion;

    Sequence(String id, int slot, int[] prompt, Sampling sampling) {
        this.id = id;
        this.slot = slot;
        this.sampling = sampling;
        this.random = new SplittableRandom(sampling.seed());
        this.pending = prompt.clone();
    }

    String id() {
        return id;
    }

    int slot() {
        return slot;
    }

    Sampling sampling() {
        return sampling;
    }

    int cached() {
        return cached;
    }

    int[] pending() {
        return pending;
    }

    boolean paused() {
        return paused;
    }

    /** Whether no further token may be drawn. */
    boolean full() {
        return cached + pending.length >= sampling.maxTokens();
    }

    /**
     * The sequence's next random number, in [0, 1 - 2^-22]: multiplied by any float it stays below it, so that the drawn word always has a
     * probability above 0.
     */
    float uniform() {
        return (random.nextInt() >>> 10) * 0x1p-22f;
    }

    /** The first {@code count} pending tokens are in the cache now. */
    void fed(int count) {
        cached += count;
        pending = count == pending.length ? NONE : Arrays.copyOfRange(pending, count, pending.length);
    }

    /** Appends a drawn token; it is fed next. */
    void write(int token, float logprob, long version) {
        if (written == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * written);
            logprobs = Arrays.copyOf(logprobs, 2 * written);
        }
        minVersion = written == 0 ? version : Math.min(minVersion, version);
        maxVersion = written == 0 ? version : Math.max(maxVersion, version);
        tokens[written] = token;
        logprobs[written++] = logprob;
        pending = new int[] {token};
        paused = token != sampling.eos() && sampling.stopTokens().contains(token);
    }

    /** Goes on after a pause. */
    void resume(int[] inserted) {
        int[] joined = Arrays.copyOf(pending, pending.length + inserted.length);
        System.arraycopy(inserted, 0, joined, pending.length, inserted.length);
        pending = joined;
        paused = false;
        written = 0;
    }

    /** Tokens written since start or resume. */
    int[] soFar() {
        return Arrays.copyOf(tokens, written);
    }

    /** What was written since start or resume; {@code version} stands in if that is nothing. */
    Written written(StopReason reason, long version) {
        boolean none = written == 0;
        return new Written(
                id,
                Arrays.copyOf(tokens, written),
                Arrays.copyOf(logprobs, written),
                none ? version : minVersion,
                none ? version : maxVersion,
                reason);
    }
}
