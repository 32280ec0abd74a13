package dev.seine.producers.retrieval.dense;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalResponse;
import dev.seine.event.RetrievalStatus;
import dev.seine.producers.Cluster;
import dev.seine.producers.retrieval.RetrievalConfig;
import dev.seine.producers.retrieval.RetrievalService;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import io.grpc.InsecureServerCredentials;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class QdrantOutageTest {
    private static final VectorSpace LETTERS = new VectorSpace("letters", 26);

    private static double[] ones() {
        double[] numbers = new double[LETTERS.dimension()];
        Arrays.fill(numbers, 1);
        return numbers;
    }

    private static void ask(Clients clients, String id) {
        long now = System.currentTimeMillis();
        try (EventProducer producer = clients.producer("test")) {
            producer.send(
                    Topics.RETRIEVAL_REQUESTS,
                    id,
                    RetrievalRequest.newBuilder()
                            .setRequestId(id)
                            .setQuestionId(id)
                            .setRolloutId(id)
                            .setTurn(0)
                            .setQuery("aa " + id)
                            .setTopK(1)
                            .setDeadlineMs(now + 600_000)
                            .setAtMs(now)
                            .build());
        }
    }

    @Test
    void aServerThatIsAwayIsLagAndItsReturnAnswersAll() throws Exception {
        Clients clients = Cluster.empty();
        InMemoryQdrant server = InMemoryQdrant.start();
        int port = server.port();
        VectorStore store =
                new QdrantVectorStore(QdrantVectorStoreTest.config(port, Optional.empty()), Optional.empty());
        store.draft(LETTERS).put(List.of(VectorStoreContract.embedded("a", "test", ones())));
        store.publish();
        AtomicInteger searches = new AtomicInteger();
        DenseRetriever dense = new DenseRetriever(
                new LetterEmbedder(LETTERS), store.published().orElseThrow(), Set.of(), "Qdrant");
        try (store;
                RetrievalService service = new RetrievalService(
                        clients,
                        "retrieval-outage",
                        (query, k) -> {
                            searches.incrementAndGet();
                            return dense.search(query, k);
                        },
                        RetrievalConfig.defaults(),
                        Clock.systemUTC())) {
            server.close();
            ask(clients, "b");
            ask(clients, "c");
            Cluster.until(() -> {
                service.step();
                return searches.get() >= 4; // tried again
            });
            assertThat(Cluster.all(clients, Topics.RETRIEVAL_RESPONSES)).isEmpty();
            try (InMemoryQdrant back = new InMemoryQdrant(port, InsecureServerCredentials.create(), "")) {
                back.collections.putAll(server.collections);
                back.aliases.putAll(server.aliases);
                Cluster.until(() -> {
                    service.step();
                    return service.counts().requests() == 2;
                });
            }
            assertThat(Cluster.all(clients, Topics.RETRIEVAL_RESPONSES))
                    .extracting(Event::value)
                    .extracting(RetrievalResponse::getStatus)
                    .containsExactly(RetrievalStatus.OK, RetrievalStatus.OK);
        }
    }
}
