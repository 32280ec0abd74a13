package dev.seine.producers.retrieval;

import dev.seine.event.Passage;
import java.util.List;

/** Finds passages. Safe for use by several threads. */
@FunctionalInterface
public interface Retriever extends AutoCloseable {
    /**
     * The passages that fit a query, best first, at most k; empty if nothing fits. Equal queries give equal answers as long as
     * the corpus stays. The query is text to look for, never an instruction or a query language.
     *
     * @throws SearchUnavailable if the search may succeed later; any other error is taken for the query's own
     */
    List<Passage> search(String query, int k);

    /** Lets go of files and connections. */
    @Override
    default void close() {}
}
