package dev.seine.producers.retrieval;

import dev.seine.event.Passage;
import java.util.List;

/** Puts passages that were found into a better order, such as by a cross-encoder. */
@FunctionalInterface
public interface Reranker {
    /**
     * The same passages, best first, with new scores.
     *
     * @throws SearchUnavailable if it may succeed later
     */
    List<Passage> rerank(String query, List<Passage> passages);

    /**
     * A retriever whose passages go through this reranker.
     *
     * @param depth passages asked of the retriever, at least
     */
    default Retriever over(Retriever retriever, int depth) {
        return new Retriever() {
            @Override
            public List<Passage> search(String query, int k) {
                List<Passage> found = retriever.search(query, Math.max(k, depth));
                return rerank(query, found).stream().limit(k).toList();
            }

            @Override
            public void close() {
                retriever.close();
            }
        };
    }
}
