package dev.seine.producers.retrieval.dense;

import java.util.Optional;

/**
 * Keeps vectors in generations. One is published and is searched; another may be written beside it and takes its place at
 * once, also for those who are searching.
 */
public interface VectorStore extends AutoCloseable {
    /** The published generation, always the newest one; empty if there is none. */
    Optional<Vectors> published();

    /** The generation to be published next: the one begun earlier if it is of the same space, else a new one. For one writer at a time. */
    VectorDraft draft(VectorSpace space);

    /**
     * Publishes what was drafted, all at once, and removes older generations.
     *
     * @throws IllegalStateException if there is no draft, or no passage in it
     */
    void publish();

    @Override
    void close();
}
