package dev.seine.producers.retrieval.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.event.Passage;
import dev.seine.producers.retrieval.Corpus;
import dev.seine.producers.retrieval.Retriever;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DenseRetrieverTest {
    private static final VectorSpace LETTERS = new VectorSpace("letters", 26);

    @TempDir
    private Path dir;

    private final LetterEmbedder embedder = new LetterEmbedder(LETTERS);

    private static Passage passage(String id, String title, String text) {
        return Passage.newBuilder()
                .setId(id)
                .setTitle(title)
                .setText(text)
                .setScore(0)
                .build();
    }

    @Test
    void aCorpusIsEmbeddedInBatchesAndFound() {
        List<Passage> passages = new ArrayList<>(IntStream.range(0, 200)
                .mapToObj(i -> passage("p" + i, "", "a".repeat(i + 1) + "b".repeat(200 - i)))
                .toList());
        passages.add(passage("z", "zzz", "zz"));
        List<Long> progress = new ArrayList<>();
        try (VectorStore store = new LuceneVectorStore(dir)) {
            CorpusEmbedding.run(Corpus.of(passages), "test", embedder, store.draft(LETTERS), progress::add);
            store.publish();
            assertThat(progress).containsExactly(64L, 128L, 192L, 201L);
            try (Retriever retriever =
                    new DenseRetriever(embedder, store.published().orElseThrow(), Set.of(), "test")) {
                assertThat(retriever.search("zzzz", 1))
                        .extracting(Passage::getId)
                        .containsExactly("z");
                assertThat(retriever.search(" ", 1)).isEmpty();
                assertThatThrownBy(() -> retriever.search("z", 0)).hasMessage("k must be at least 1, got 0");
            }
        }
    }

    @Test
    void whatIsThereAlreadyIsNotEmbeddedAgain() {
        List<Passage> passages =
                List.of(passage("a", "", "a"), passage("b", "", "b"), passage("a", "", "again"), passage("c", "", "c"));
        try (VectorStore store = new LuceneVectorStore(dir);
                VectorDraft draft = store.draft(LETTERS)) {
            CorpusEmbedding.run(Corpus.of(passages.subList(0, 2)), "test", embedder, draft, read -> {});
            CorpusEmbedding.run(Corpus.of(passages), "test", embedder, draft, read -> {});
            assertThat(embedder.texts).isEqualTo(3); // a, b, then c
            assertThat(draft.count()).isEqualTo(3);
        }
    }

    @Test
    void vectorsOfAnotherModelAreRefused() {
        try (VectorStore store = new LuceneVectorStore(dir)) {
            CorpusEmbedding.run(
                    Corpus.of(List.of(passage("a", "", "a"))), "test", embedder, store.draft(LETTERS), read -> {});
            store.publish();
            try (Vectors vectors = store.published().orElseThrow()) {
                assertThatThrownBy(() -> new DenseRetriever(
                                new LetterEmbedder(new VectorSpace("other", 26)), vectors, Set.of(), "folder v"))
                        .hasMessageStartingWith(
                                "folder v holds vectors of letters (26), got the embedding model other (26)");
            }
        }
    }
}
