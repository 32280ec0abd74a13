package dev.seine.producers.retrieval.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.producers.retrieval.SearchUnavailable;
import io.grpc.InsecureServerCredentials;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a test double of the server: see {@link InMemoryQdrant} for what that proves. */
final class QdrantVectorStoreTest extends VectorStoreContract {
    private final InMemoryQdrant server = InMemoryQdrant.start();

    @TempDir
    private Path dir;

    static QdrantConfig config(int port, Optional<Path> certificate) {
        return new QdrantConfig("127.0.0.1", port, certificate.isPresent(), certificate, "wiki", Duration.ofSeconds(5));
    }

    @Override
    VectorStore store() {
        return new QdrantVectorStore(config(server.port(), Optional.empty()), Optional.empty());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theAliasMovesAndOlderCollectionsGo() {
        for (String id : List.of("first", "second")) {
            try (VectorStore store = store()) {
                store.draft(SPACE).put(List.of(embedded(id, "a", 1, 0, 0, 0)));
                store.publish();
            }
        }
        assertThat(server.aliases).containsOnlyKeys("wiki").containsValue("wiki-2");
        assertThat(server.collections).containsOnlyKeys("wiki-2");
    }

    @Test
    void aServerThatIsAwayIsUnavailableAndNamed() {
        try (VectorStore store = store()) {
            int port = server.port();
            server.close();
            assertThatThrownBy(store::published)
                    .isInstanceOf(SearchUnavailable.class)
                    .hasMessageContaining("Qdrant at 127.0.0.1:" + port);
        }
    }

    @Test
    void aCollectionOfAnotherDimensionIsRefusedBeforeASearch() {
        try (VectorStore store = store()) {
            store.draft(SPACE).put(List.of(embedded("x", "a", 1, 0, 0, 0)));
            store.publish();
            Vectors vectors = store.published().orElseThrow();
            Embedder other = new LetterEmbedder(new VectorSpace("letters", 26));
            assertThatThrownBy(() -> new DenseRetriever(other, vectors, Set.of(), "Qdrant's wiki"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(
                            "Qdrant's wiki holds vectors of letters (4), got the embedding model letters (26)");
        }
    }

    @Test
    void anAliasThatMovesToAnotherDimensionIsAnErrorThatSaysSo() {
        try (VectorStore store = store()) {
            store.draft(SPACE).put(List.of(embedded("x", "a", 1, 0, 0, 0)));
            store.publish();
            Vectors vectors = store.published().orElseThrow();
            try (VectorStore second = store()) {
                second.draft(new VectorSpace("pairs", 2)).put(List.of(embedded("y", "a", 1, 0)));
                second.publish();
            }
            assertThatThrownBy(() -> vectors.nearest(new float[4], 1, Set.of()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("expected dim: 2, got 4");
        }
    }

    @Test
    void aCollectionThatIsNoAliasIsNeverWrittenTo() {
        server.collections.put("wiki", new InMemoryQdrant.Content(null, null));
        try (VectorStore store = store()) {
            assertThatThrownBy(() -> store.draft(SPACE)).hasMessageContaining("has a collection wiki that is no alias");
        }
    }

    @Test
    void theKeyIsSentAndNeverSaid() {
        try (InMemoryQdrant guarded = new InMemoryQdrant(0, InsecureServerCredentials.create(), "right-key");
                VectorStore right =
                        new QdrantVectorStore(config(guarded.port(), Optional.empty()), Optional.of("right-key"));
                VectorStore wrong =
                        new QdrantVectorStore(config(guarded.port(), Optional.empty()), Optional.of("wrong-key"))) {
            assertThat(right.published()).isEmpty();
            assertThatThrownBy(wrong::published)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("UNAUTHENTICATED")
                    .hasMessageNotContaining("wrong-key");
        }
    }

    @Test
    void theServersCertificateIsChecked() throws Exception {
        Certificate ours = Certificate.make(dir, "server");
        Certificate other = Certificate.make(dir, "stranger");
        try (InMemoryQdrant secure = new InMemoryQdrant(
                        0,
                        TlsServerCredentials.create(
                                ours.certificate().toFile(), ours.key().toFile()),
                        "");
                VectorStore trusted = new QdrantVectorStore(
                        config(secure.port(), Optional.of(ours.certificate())), Optional.empty());
                VectorStore stranger = new QdrantVectorStore(
                        config(secure.port(), Optional.of(other.certificate())), Optional.empty())) {
            assertThat(trusted.published()).isEmpty();
            assertThatThrownBy(stranger::published).isInstanceOf(SearchUnavailable.class);
        }
    }

    @Test
    void aCertificateThatCannotBeReadIsNamed() throws IOException {
        Path broken = Files.writeString(dir.resolve("broken.pem"), "no certificate");
        assertThatThrownBy(() -> new QdrantVectorStore(config(1, Optional.of(broken)), Optional.empty()))
                .hasMessageContaining("broken.pem");
    }
}
