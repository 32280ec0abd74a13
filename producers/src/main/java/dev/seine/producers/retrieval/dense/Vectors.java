package dev.seine.producers.retrieval.dense;

import dev.seine.event.Passage;
import dev.seine.producers.retrieval.SearchUnavailable;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Passages that are found by their vectors. Safe for use by several threads. Each method throws {@link SearchUnavailable} if it may
 * succeed later.
 */
public interface Vectors extends AutoCloseable {
    /** The model of the vectors. */
    VectorSpace space();

    /** Passages in it. */
    long count();

    /** Those of the ids that are in it. */
    Set<String> present(Collection<String> ids);

    /**
     * The passages nearest to a vector, nearest first, at most k; their score is the cosine.
     *
     * @param sources only passages of these corpora; empty is all
     * @throws IllegalArgumentException if the vector is of another size
     */
    List<Passage> nearest(float[] vector, int k, Set<String> sources);

    @Override
    void close();
}
