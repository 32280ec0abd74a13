package dev.seine.producers.retrieval.dense;

import java.util.List;

/** Turns text into vectors of length 1, so that the inner product of two is their cosine. Safe for use by several threads. */
public interface Embedder extends AutoCloseable {
    /** The model, and with it the size of its vectors. */
    VectorSpace space();

    /** Vectors of passages, in their order. */
    List<float[]> passages(List<String> texts);

    /** The vector of a query. */
    float[] query(String text);

    /** Lets go of the model. */
    @Override
    default void close() {}
}
