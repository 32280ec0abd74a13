package dev.seine.producers.retrieval.dense;

import dev.seine.event.Passage;
import dev.seine.producers.retrieval.Corpus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Embeds a corpus into a store, in batches. Passages that are there already are passed over, so that an embedding which was cut off goes on
 * where it ended.
 */
public final class CorpusEmbedding {
    private static final int BATCH = 64;
    private static final int BATCHES_A_FLUSH = 32;

    private final Embedder embedder;
    private final VectorDraft vectors;
    private final String source;
    private final LongConsumer progress;
    private final Map<String, Passage> batch = new LinkedHashMap<>();
    private long read;
    private long batches;

    private CorpusEmbedding(Embedder embedder, VectorDraft vectors, String source, LongConsumer progress) {
        this.embedder = embedder;
        this.vectors = vectors;
        this.source = source;
        this.progress = progress;
    }

    /**
     * Embeds the passages that are missing.
     *
     * @param source name of the corpus, by which searches can be held to it
     * @param progress told, after each batch, how many passages have been read
     */
    public static void run(Corpus corpus, String source, Embedder embedder, VectorDraft into, LongConsumer progress) {
        CorpusEmbedding work = new CorpusEmbedding(embedder, into, source, progress);
        corpus.forEach(work::add);
        work.embed();
        into.flush();
    }

    /** What of a passage is embedded. */
    static String text(Passage passage) {
        return passage.getTitle().isEmpty() ? passage.getText() : passage.getTitle() + "\n" + passage.getText();
    }

    private void add(Passage passage) {
        read++;
        batch.putIfAbsent(passage.getId(), passage);
        if (batch.size() == BATCH) {
            embed();
        }
    }

    private void embed() {
        Set<String> present = batch.isEmpty() ? Set.of() : vectors.present(batch.keySet());
        List<Passage> missing = batch.values().stream()
                .filter(passage -> !present.contains(passage.getId()))
                .toList();
        if (!missing.isEmpty()) {
            List<float[]> made = embedder.passages(
                    missing.stream().map(CorpusEmbedding::text).toList());
            List<Embedded> embedded = new ArrayList<>(missing.size());
            for (int i = 0; i < missing.size(); i++) {
                embedded.add(new Embedded(missing.get(i), source, made.get(i)));
            }
            vectors.put(embedded);
            if (++batches % BATCHES_A_FLUSH == 0) {
                vectors.flush();
            }
        }
        batch.clear();
        progress.accept(read);
    }
}
