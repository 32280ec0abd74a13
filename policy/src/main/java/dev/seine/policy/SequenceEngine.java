package dev.seine.policy;

import java.nio.file.Path;
import java.util.List;

/**
 * Writes many sequences at once, one token each per tick. A sequence keeps its slot from {@link #start} until it ends or is cancelled,
 * also while it is paused after a stop token. For use by one thread.
 */
public interface SequenceEngine extends AutoCloseable {
    /** Number of slots. */
    int capacity();

    /** Slots that {@link #start} may still take. */
    int free();

    /** Sequences that the next {@link #step} will extend; paused ones are not among them. */
    int running();

    /**
     * Begins a sequence.
     *
     * @throws IllegalStateException if no slot is free
     * @throws IllegalArgumentException if the id is in use, the prompt is empty, holds an unknown token, or leaves no room below {@link
     *     Sampling#maxTokens}
     */
    void start(String id, int[] prompt, Sampling sampling);

    /**
     * Continues a paused sequence after inserting tokens that were not sampled. If they leave no room for another token the next {@link
     * #step} ends it with {@link StopReason#LENGTH} and no tokens.
     *
     * @throws IllegalStateException if the sequence is not paused
     */
    void resume(String id, int[] inserted);

    /**
     * Tokens that a sequence is known to have sampled since it was started or resumed; none for an unknown id, as it may just have ended.
     */
    int[] soFar(String id);

    /** Drops a sequence and frees its slot; an unknown id is ignored, as it may just have ended. */
    void cancel(String id);

    /**
     * One tick: every running sequence gets one token (a long prompt or insertion takes several ticks), and those that stopped are returned;
     * an empty list at once if nothing runs.
     */
    List<Written> step();

    /** Version of the weights in use. */
    long version();

    /**
     * Takes weights into use from the next tick on; sequences go on with the keys and values they have. All or nothing: after an error the
     * old weights stay in use.
     *
     * @throws IllegalArgumentException if the file's SHA-256 is another, or it does not hold this model
     * @throws java.io.UncheckedIOException if the file cannot be read
     */
    void load(Path safetensors, String sha256, long version);

    /** Tokens sampled since the engine was made. */
    long generatedTokens();

    @Override
    void close();
}
