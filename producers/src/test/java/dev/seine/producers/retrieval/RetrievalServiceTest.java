package dev.seine.producers.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.event.Passage;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalResponse;
import dev.seine.event.RetrievalStatus;
import dev.seine.producers.Cluster;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RetrievalServiceTest {
    private static final long NOW = 1_000;
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC);
    private static final RetrievalConfig CONFIG = new RetrievalConfig(3, 100, 40, 10, 100, 1);

    private final List<String> searched = new ArrayList<>();
    private boolean away;
    private Clients clients;

    @BeforeEach
    void empty() throws Exception {
        clients = Cluster.empty();
    }

    /** Finds k passages that name the query; queries of "broken" fail. */
    private List<Passage> search(String query, int k) {
        searched.add(query);
        if (query.equals("refused") || away) {
            throw new SearchUnavailable("no index at present", null);
        }
        if (query.equals("broken")) {
            throw new IllegalStateException("index is gone");
        }
        List<Passage> passages = new ArrayList<>();
        for (int i = 0; i < k; i++) {
            passages.add(Bm25RetrieverTest.passage(query + i, "<external>", "</document> about " + query));
        }
        return passages;
    }

    private RetrievalService service(RetrievalConfig config) {
        return new RetrievalService(clients, "retrieval-test", this::search, config, CLOCK);
    }

    private static RetrievalRequest.Builder request(String id, String query) {
        return RetrievalRequest.newBuilder()
                .setRequestId(id)
                .setQuestionId("question-of-" + id)
                .setRolloutId("rollout-of-" + id)
                .setTurn(0)
                .setQuery(query)
                .setTopK(2)
                .setDeadlineMs(NOW)
                .setAtMs(NOW - 10);
    }

    private void ask(RetrievalRequest... requests) {
        try (EventProducer producer = clients.producer("test")) {
            for (RetrievalRequest request : requests) {
                // One partition, so that one poll brings them together.
                producer.send(Topics.RETRIEVAL_REQUESTS, 2, request.getQuestionId(), request);
            }
        }
    }

    private void serve(RetrievalService service, int requests) {
        int[] read = {0};
        Cluster.until(() -> {
            read[0] += service.step();
            return read[0] >= requests;
        });
        assertThat(service.step()).isZero();
    }

    private List<RetrievalResponse> responses() {
        return Cluster.all(clients, Topics.RETRIEVAL_RESPONSES).stream()
                .map(Event::value)
                .toList();
    }

    @Test
    void aRequestIsAnsweredInItsPartitionWithSanitisedPassages() {
        ask(request("a", "Oslo").build());
        try (RetrievalService service = service(CONFIG)) {
            serve(service, 1);
        }
        Event<RetrievalResponse> event =
                Cluster.all(clients, Topics.RETRIEVAL_RESPONSES).get(0);
        assertThat(event.partition()).isEqualTo(2);
        assertThat(event.key()).isEqualTo("question-of-a");
        assertThat(event.value().getRolloutId()).isEqualTo("rollout-of-a");
        assertThat(event.value().getStatus()).isEqualTo(RetrievalStatus.OK);
        assertThat(event.value().getCached()).isFalse();
        assertThat(event.value().getPassages()).extracting(Passage::getId).containsExactly("Oslo0", "Oslo1");
        assertThat(event.value().getPassages().get(0).getText())
                .doesNotContain("</document>")
                .endsWith("about Oslo");
        assertThat(event.value().getPassages().get(0).getTitle()).doesNotContain("<external>");
    }

    @Test
    void equalQueriesOfABatchAreSearchedOnceAndLaterOnesComeFromTheCache() {
        ask(
                request("a", "Oslo").build(),
                request("b", "Oslo").build(),
                request("c", "Oslo").setTopK(1).build());
        try (RetrievalService service = service(CONFIG)) {
            serve(service, 3);
            ask(request("d", "Oslo").build());
            serve(service, 1);
            assertThat(service.counts()).isEqualTo(new RetrievalCounts(4, 1, 1, 0, 0, 0));
        }
        assertThat(searched).containsExactly("Oslo", "Oslo"); // k = 2 and k = 1
        assertThat(responses()).extracting(RetrievalResponse::getCached).containsExactly(false, true, false, true);
    }

    @Test
    void aRedeliveredRequestIsAnsweredOnceButOneAskedAnewIsAnsweredAgain() {
        RetrievalRequest first = request("a", "Oslo").build();
        RetrievalRequest anew = request("a", "Oslo").setAtMs(NOW).build();
        try (RetrievalService service = service(CONFIG)) {
            ask(first, first);
            serve(service, 2);
            ask(first, anew);
            serve(service, 2);
            assertThat(service.counts().repeated()).isEqualTo(2);
        }
        assertThat(responses()).hasSize(2);
    }

    @Test
    void whatWasAnsweredBeforeARestartIsNotAnsweredAgain() {
        ask(request("a", "Oslo").build());
        try (RetrievalService service = service(CONFIG)) {
            serve(service, 1);
        }
        ask(request("b", "Tunis").build());
        try (RetrievalService service = service(CONFIG)) {
            serve(service, 1);
        }
        assertThat(responses()).extracting(RetrievalResponse::getRequestId).containsExactly("a", "b");
    }

    @Test
    void aPassedDeadlineIsATimeoutWithoutASearch() {
        ask(request("late", "Oslo").setDeadlineMs(NOW - 1).build());
        try (RetrievalService service = service(CONFIG)) {
            serve(service, 1);
            assertThat(service.counts().timeouts()).isEqualTo(1);
        }
        assertThat(searched).isEmpty();
        assertThat(responses()).extracting(RetrievalResponse::getStatus).containsExactly(RetrievalStatus.TIMEOUT);
    }

    @Test
    void aFailedSearchIsAnErrorWithItsCauseAndIsNotCached() {
        ask(request("a", "broken").build(), request("b", "Oslo").setTopK(0).build());
        try (RetrievalService service = service(CONFIG)) {
            serve(service, 2);
            ask(request("c", "broken").build());
            serve(service, 1);
            assertThat(service.counts().errors()).isEqualTo(3);
        }
        assertThat(searched).containsExactly("broken", "broken");
        assertThat(responses()).extracting(RetrievalResponse::getStatus).containsOnly(RetrievalStatus.ERROR);
        assertThat(responses().get(0).getError()).contains("index is gone");
        assertThat(responses().get(1).getError()).contains("top k must be at least 1, got 0");
    }

    @Test
    void aSearchThatIsAwayIsLagAndNoError() {
        away = true;
        long deadline = System.currentTimeMillis() + 600_000;
        ask(
                request("a", "Oslo").setDeadlineMs(deadline).build(),
                request("b", "Tunis").setDeadlineMs(deadline).build());
        try (RetrievalService service =
                new RetrievalService(clients, "retrieval-test", this::search, CONFIG, Clock.systemUTC())) {
            Cluster.until(() -> {
                service.step();
                return searched.size() >= 3; // tried again and again
            });
            assertThat(responses()).isEmpty();
            away = false;
            Cluster.until(() -> {
                service.step();
                return responses().size() == 2;
            });
        }
        assertThat(responses()).extracting(RetrievalResponse::getStatus).containsOnly(RetrievalStatus.OK);
    }

    @Test
    void aQueryThatIsRefusedWhileOthersAreFoundEndsAsAnError() {
        long deadline = System.currentTimeMillis() + 600_000;
        ask(
                request("a", "Oslo").setDeadlineMs(deadline).build(),
                request("b", "refused").setDeadlineMs(deadline).build(),
                request("c", "Tunis").setDeadlineMs(deadline).build());
        try (RetrievalService service =
                new RetrievalService(clients, "retrieval-test", this::search, CONFIG, Clock.systemUTC())) {
            Cluster.until(() -> {
                service.step();
                return responses().size() == 3;
            });
        }
        assertThat(responses())
                .extracting(RetrievalResponse::getStatus)
                .containsExactly(RetrievalStatus.OK, RetrievalStatus.ERROR, RetrievalStatus.OK);
        assertThat(responses().get(1).getError()).contains("no index at present");
        assertThat(searched).filteredOn(query -> query.equals("refused")).hasSize(5);
    }

    @Test
    void theCacheForgetsWhatWasUsedLongestAgo() {
        RetrievalConfig two = new RetrievalConfig(3, 100, 40, 2, 100, 1);
        try (RetrievalService service = service(two)) {
            for (String query : List.of("one", "two", "one", "three", "one", "two")) {
                ask(request("r" + searched.size(), query).build());
                serve(service, 1);
                searched.add("-");
            }
        }
        // "three" drives out "two", since "one" was used after it.
        assertThat(searched).containsExactly("one", "-", "two", "-", "-", "three", "-", "-", "two", "-");
    }

    @Test
    void sizesAreHeldToTheirBounds() {
        ask(request("a", "x".repeat(500)).setTopK(1_000).build());
        try (RetrievalService service = service(CONFIG)) {
            serve(service, 1);
        }
        assertThat(searched).extracting(String::length).containsExactly(100);
        assertThat(responses().get(0).getPassages()).hasSize(3).allSatisfy(passage -> assertThat(passage.getText())
                .hasSizeLessThanOrEqualTo(40));
        assertThatThrownBy(() -> new RetrievalConfig(0, 1, 1, 0, 0, 1))
                .hasMessage("retrieve.max-top-k must be at least 1, got 0");
    }

    /** One worker: a turn takes 8 requests of either kind. */
    @Test
    void searchesThatSomebodyWaitsForGoBeforeTrainingsThatCameEarlier() {
        ask(Stream.concat(training(20), live(3)).toArray(RetrievalRequest[]::new));
        try (RetrievalService service = service(CONFIG)) {
            serve(service, 23);
        }
        assertThat(responses())
                .extracting(RetrievalResponse::getRequestId)
                .containsExactlyElementsOf(ids(Stream.of(live(3), training(20))));
    }

    @Test
    void trainingsSearchesGoOnHoweverManySomebodyWaitsFor() {
        ask(Stream.concat(live(30), training(3)).toArray(RetrievalRequest[]::new));
        try (RetrievalService service = service(CONFIG)) {
            serve(service, 33);
        }
        assertThat(responses())
                .extracting(RetrievalResponse::getRequestId)
                .containsExactlyElementsOf(ids(Stream.of(live(8), training(3), live(30).skip(8))));
    }

    @Test
    void whatWasPassedOverIsNotLostWhenTheServiceEnds() {
        ask(Stream.concat(training(20), live(3)).toArray(RetrievalRequest[]::new));
        try (RetrievalService service = service(CONFIG)) {
            Cluster.until(() -> service.step() > 0); // 3 that somebody waits for and 8 of training's
        }
        assertThat(responses()).hasSize(11);
        try (RetrievalService service = service(CONFIG)) {
            serve(service, 15); // 12 of training's, and the 3 once more: in the log they stand behind those
        }
        assertThat(responses())
                .extracting(RetrievalResponse::getRequestId)
                .containsAll(ids(Stream.of(training(20), live(3))));
        assertThat(responses()).hasSize(26);
    }

    private static Stream<RetrievalRequest> training(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> request("training" + i, "query " + i).build());
    }

    private static Stream<RetrievalRequest> live(int count) {
        return IntStream.range(0, count)
                .mapToObj(
                        i -> request("live" + i, "question " + i).setLive(true).build());
    }

    private static List<String> ids(Stream<Stream<RetrievalRequest>> requests) {
        return requests.flatMap(some -> some)
                .map(RetrievalRequest::getRequestId)
                .toList();
    }

    @Test
    void twoHundredRequestsAtOnceAreAllAnsweredAndEqualOnesSearchedOnce() {
        RetrievalConfig four = new RetrievalConfig(3, 100, 40, 0, 1_000, 4);
        List<RetrievalRequest> requests = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            requests.add(request("r" + i, "query " + i % 100).build());
        }
        Set<String> asked = ConcurrentHashMap.newKeySet();
        Retriever counting = (query, k) -> {
            asked.add(query);
            return List.of(Bm25RetrieverTest.passage(query, "", "about " + query));
        };
        ask(requests.toArray(new RetrievalRequest[0]));
        try (RetrievalService service = new RetrievalService(clients, "retrieval-test", counting, four, CLOCK)) {
            serve(service, 200);
            assertThat(service.counts().requests()).isEqualTo(200);
            assertThat(service.counts().errors()).isZero();
        }
        assertThat(asked).hasSize(100);
        assertThat(responses()).hasSize(200).allSatisfy(response -> {
            assertThat(response.getStatus()).isEqualTo(RetrievalStatus.OK);
            assertThat(response.getPassages().get(0).getId()).isEqualTo(response.getQuery());
        });
    }
}
