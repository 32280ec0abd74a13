package dev.seine.producers.retrieval;

import dev.seine.event.Passage;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Several retrievers over the same corpus as one, by reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009): a passage scores
 * the sum over the lists that it is in of {@code weight / (60 + rank)}, ranks from 1. Passages are told apart by their ids; of equal
 * scores the one found by the earlier list, and there at the better rank, comes first.
 */
public final class HybridRetriever implements Retriever {
    /** The constant of the paper. */
    private static final int K = 60;

    private final List<Part> parts;
    private final int depth;

    /**
     * A retriever and how much it counts.
     *
     * @param retriever closed with the whole
     * @param weight 1 as in the paper, or another to trust one list more than the others
     */
    public record Part(Retriever retriever, double weight) {
        /** Checks the weight. */
        public Part {
            if (!(weight > 0)) {
                throw new IllegalArgumentException("weight must be above 0, got " + weight);
            }
        }
    }

    /**
     * Fuses these.
     *
     * @param depth passages asked of each, at least; more of them lets a passage that both rank low come first
     */
    public HybridRetriever(List<Part> parts, int depth) {
        if (parts.isEmpty() || depth < 1) {
            throw new IllegalArgumentException(
                    "fusion needs at least 1 retriever and depth 1, got " + parts.size() + " and " + depth);
        }
        this.parts = List.copyOf(parts);
        this.depth = depth;
    }

    @Override
    public List<Passage> search(String query, int k) {
        Map<String, Passage> found = new LinkedHashMap<>();
        Map<String, Double> scores = new LinkedHashMap<>();
        for (Part part : parts) {
            int rank = 0;
            for (Passage passage : part.retriever.search(query, Math.max(k, depth))) {
                rank++;
                found.putIfAbsent(passage.getId(), passage);
                scores.merge(passage.getId(), part.weight / (K + rank), Double::sum);
            }
        }
        return scores.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(k)
                .map(entry -> Passage.newBuilder(Objects.requireNonNull(found.get(entry.getKey()), entry::getKey))
                        .setScore(entry.getValue())
                        .build())
                .toList();
    }

    @Override
    public void close() {
        parts.forEach(part -> part.retriever.close());
    }
}
