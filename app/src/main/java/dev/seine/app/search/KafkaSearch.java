package dev.seine.app.search;

import dev.seine.app.Loop;
import dev.seine.event.Passage;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalResponse;
import dev.seine.event.RetrievalStatus;
import dev.seine.producers.retrieval.RetrievalConfig;
import dev.seine.producers.retrieval.RetrievalCounts;
import dev.seine.producers.retrieval.RetrievalService;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Role;
import dev.seine.topics.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Searches as generators do: a request into the log, its response out of it. Used by any number of threads. */
final class KafkaSearch implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(10);
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private final Map<String, CompletableFuture<RetrievalResponse>> waiting = new ConcurrentHashMap<>();
    private final EventProducer producer;
    private final RetrievalService service;
    private final Loop loop;

    /** Starts a retrieval service over a retriever, and reads what it answers. */
    KafkaSearch(Clients clients, Retriever retriever, RetrievalConfig config) {
        producer = clients.producer("bench");
        service = new RetrievalService(clients, "bench-retrieval", retriever, config, Clock.systemUTC());
        loop = Loop.start(List.of(service, answers(clients.assign(Topics.RETRIEVAL_RESPONSES, "bench"))), CLOSE);
    }

    private Role answers(EventConsumer<RetrievalResponse> responses) {
        return new Role() {
            @Override
            public String name() {
                return "bench-answers";
            }

            @Override
            public int step() {
                List<Event<RetrievalResponse>> events = responses.poll(Duration.ofMillis(5));
                events.forEach(event -> {
                    CompletableFuture<RetrievalResponse> asked =
                            waiting.remove(event.value().getRequestId());
                    if (asked != null) {
                        asked.complete(event.value());
                    }
                });
                return events.size();
            }

            @Override
            public void close() {
                responses.close();
            }
        };
    }

    /** The passages for a query; fails if the response is no success or there is none. */
    List<Passage> search(String id, String query, int k) throws Exception {
        CompletableFuture<RetrievalResponse> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        long now = System.currentTimeMillis();
        producer.send(
                Topics.RETRIEVAL_REQUESTS,
                id,
                RetrievalRequest.newBuilder()
                        .setRequestId(id)
                        .setQuestionId(id)
                        .setRolloutId(id)
                        .setTurn(0)
                        .setQuery(query)
                        .setTopK(k)
                        .setDeadlineMs(now + DEADLINE.toMillis())
                        .setAtMs(now)
                        .build());
        RetrievalResponse response = answer.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        loop.check();
        if (response.getStatus() != RetrievalStatus.OK) {
            throw new IllegalStateException("search " + id + ": " + response.getStatus() + " " + response.getError());
        }
        return response.getPassages();
    }

    RetrievalCounts counts() {
        return service.counts();
    }

    @Override
    public void close() {
        loop.close();
        producer.close();
    }
}
