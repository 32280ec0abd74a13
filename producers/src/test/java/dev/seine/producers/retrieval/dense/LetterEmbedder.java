package dev.seine.producers.retrieval.dense;

import java.util.List;
import java.util.Locale;

/** Counts letters: enough of an embedding for tests that are about something else. */
final class LetterEmbedder implements Embedder {
    private final VectorSpace space;
    int texts;

    LetterEmbedder(VectorSpace space) {
        this.space = space;
    }

    @Override
    public VectorSpace space() {
        return space;
    }

    @Override
    public List<float[]> passages(List<String> texts) {
        this.texts += texts.size();
        return texts.stream().map(this::query).toList();
    }

    @Override
    public float[] query(String text) {
        double[] counts = new double[space.dimension()];
        text.toLowerCase(Locale.ROOT)
                .chars()
                .filter(c -> c >= 'a' && c <= 'z')
                .forEach(c -> counts[(c - 'a') % counts.length]++);
        return VectorStoreContract.embedded("", "", counts).vector();
    }
}
