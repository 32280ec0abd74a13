package dev.seine.producers.retrieval.dense;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LuceneVectorStoreTest extends VectorStoreContract {
    @TempDir
    private Path folder;

    @Override
    VectorStore store() {
        return new LuceneVectorStore(folder.resolve("vectors"));
    }

    @Test
    void twoWritersAtOnceAreRefused() {
        try (VectorStore first = store();
                VectorDraft draft = first.draft(SPACE);
                VectorStore second = store()) {
            assertThatThrownBy(() -> second.draft(draft.space()))
                    .hasMessageContaining("being written by another process");
        }
    }

    @Test
    void vectorsThatLuceneCannotKeepAreRefusedBeforeAnythingIsEmbedded() {
        try (VectorStore store = store()) {
            assertThatThrownBy(() -> store.draft(new VectorSpace("huge", 1_025)))
                    .hasMessage("Lucene keeps vectors of at most 1024 numbers, got the model huge (1025)");
        }
    }
}
