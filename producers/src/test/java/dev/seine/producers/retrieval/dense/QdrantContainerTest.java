package dev.seine.producers.retrieval.dense;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.qdrant.QdrantContainer;

/** The same against the real server, where there is Docker; skipped elsewhere. */
@Testcontainers(disabledWithoutDocker = true)
final class QdrantContainerTest extends VectorStoreContract {
    @Container
    private static final QdrantContainer SERVER = new QdrantContainer("qdrant/qdrant:v1.18.3");

    private static final AtomicInteger TESTS = new AtomicInteger();

    private final String collection = "wiki" + TESTS.incrementAndGet();

    @Override
    VectorStore store() {
        return new QdrantVectorStore(
                new QdrantConfig(
                        SERVER.getHost(),
                        SERVER.getMappedPort(6334),
                        false,
                        Optional.empty(),
                        collection,
                        Duration.ofSeconds(10)),
                Optional.empty());
    }
}
