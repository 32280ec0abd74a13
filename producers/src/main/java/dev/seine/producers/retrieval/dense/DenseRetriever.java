package dev.seine.producers.retrieval.dense;

import dev.seine.event.Passage;
import dev.seine.producers.retrieval.Retriever;
import java.util.List;
import java.util.Set;

/** Finds the passages whose vectors are nearest to the query's. Safe for use by several threads. */
public final class DenseRetriever implements Retriever {
    private final Embedder embedder;
    private final Vectors vectors;
    private final Set<String> sources;

    /**
     * Searches these vectors, and closes them and the embedder when closed.
     *
     * @param sources corpora searched in; empty is all
     * @param where whose vectors these are, for messages
     * @throws IllegalArgumentException if the vectors are of another model
     */
    public DenseRetriever(Embedder embedder, Vectors vectors, Set<String> sources, String where) {
        vectors.space().require(embedder.space(), where);
        this.embedder = embedder;
        this.vectors = vectors;
        this.sources = Set.copyOf(sources);
    }

    @Override
    public List<Passage> search(String query, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("k must be at least 1, got " + k);
        }
        return query.isBlank() ? List.of() : vectors.nearest(embedder.query(query), k, sources);
    }

    @Override
    public void close() {
        try (embedder) {
            vectors.close();
        }
    }
}
