package dev.seine.producers.retrieval;

import dev.seine.event.Passage;
import dev.seine.schemas.Markup;
import java.util.List;

/**
 * Holds another retriever to bounds: the query and the number of passages before the search, and after it the size of each
 * passage, whose text is made free of markup. What comes out can be shown to a policy.
 */
public final class BoundedRetriever implements Retriever {
    private final Retriever retriever;
    private final RetrievalConfig config;

    /** Bounds this retriever, and closes it when closed. */
    public BoundedRetriever(Retriever retriever, RetrievalConfig config) {
        this.retriever = retriever;
        this.config = config;
    }

    @Override
    public List<Passage> search(String query, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("top k must be at least 1, got " + k);
        }
        int bounded = Math.min(k, config.maxTopK());
        return retriever.search(Bounds.cut(query, config.maxQueryChars()), bounded).stream()
                .limit(bounded)
                .map(passage -> bounded(passage, config.maxPassageChars()))
                .toList();
    }

    /** The passage with title and text sanitised and its text cut to this many characters. */
    public static Passage bounded(Passage passage, int maxChars) {
        return Passage.newBuilder(passage)
                .setId(Bounds.cut(passage.getId(), Bounds.MAX_ID))
                .setTitle(Markup.sanitise(Bounds.cut(passage.getTitle(), Bounds.MAX_TITLE)))
                .setText(Markup.sanitise(Bounds.cut(passage.getText(), maxChars)))
                .build();
    }

    @Override
    public void close() {
        retriever.close();
    }
}
