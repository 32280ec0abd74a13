package dev.seine.producers.retrieval.dense;

import java.util.List;

/** Vectors that are being written. They can be searched as far as they were flushed. */
public interface VectorDraft extends Vectors {
    /**
     * Adds passages; one whose id is there takes the place of the older one.
     *
     * @throws IllegalArgumentException if a vector is of another size; none is added then
     */
    void put(List<Embedded> passages);

    /** Makes sure of all that was put: it is found, and survives a crash. */
    void flush();
}
