package dev.seine.producers.retrieval;

import dev.seine.event.Passage;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalResponse;
import dev.seine.event.RetrievalStatus;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Metric;
import dev.seine.topics.Role;
import dev.seine.topics.Telemetry;
import dev.seine.topics.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers retrieval requests. Every request gets a response, found or not: failures and passed deadlines are responses
 * too, in the partition of the request. Offsets are committed after the responses are written, so a crash repeats
 * responses and loses none; within one process a redelivered request is answered once. A request that is asked anew under the same
 * id, by a generator that took a rollout over, carries a new time and is answered anew.
 *
 * <p>Requests that somebody waits for go first. A turn answers as many of them as it may, then as many of training's, and then looks for more: so
 * none of them waits behind more than one turn's share of training's, and training's go on however much is asked.
 *
 * <p>A search backend that is away is lag: nothing is answered, and reading stops, until it is back or a request's deadline has
 * passed. A single query that it refuses again and again, while it answers others, ends as an error.
 */
public final class RetrievalService implements Role {
    private static final String GROUP = "retrieval";
    private static final Logger LOG = LoggerFactory.getLogger(RetrievalService.class);
    private static final long FIRST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 5_000;
    /** A worker's share of a turn: searches of either kind between two looks for more requests. */
    private static final int SEARCHES_EACH = 8;
    /** Requests at hand beyond which no more are read. */
    private static final int MOST_AT_HAND = 2_000;
    /** The wait for requests when none is at hand. */
    private static final Duration IDLE = Duration.ofMillis(5);
    /** Times that a query is refused, while others are not, before it counts as its own fault. */
    private static final int MOST_REFUSALS = 5;

    /** A request as it was written: the same in every delivery. */
    private record Asked(String requestId, long atMs) {}

    private final String name;
    private final Retriever retriever;
    private final Clock clock;
    private final Telemetry telemetry;
    private final EventConsumer<RetrievalRequest> requests;
    private final EventProducer producer;
    private final Map<RetrievalBatch.Search, List<Passage>> cache;
    private final ExecutorService workers;
    private final Backlog backlog = new Backlog();
    private final int turn;
    private final Set<Asked> answered;
    private final Map<Asked, Integer> refusals;
    private Optional<RetrievalBatch.Search> good = Optional.empty();
    private long pauseMs = FIRST_PAUSE_MS;
    private long pausedUntilMs;
    private volatile RetrievalCounts counts = RetrievalCounts.NONE;

    /**
     * A member of the group of retrieval services.
     *
     * @param retriever searched by several threads; closed with the service
     */
    public RetrievalService(Clients clients, String name, Retriever retriever, RetrievalConfig config, Clock clock) {
        this.name = name;
        this.retriever = new BoundedRetriever(retriever, config);
        this.clock = clock;
        this.telemetry = clients.telemetry();
        this.cache = new Bounded<>(config.cacheSize());
        this.answered = Collections.newSetFromMap(new Bounded<>(config.recentRequests()));
        this.refusals = new Bounded<>(config.recentRequests());
        this.turn = SEARCHES_EACH * config.concurrency();
        this.workers = Executors.newFixedThreadPool(config.concurrency(), task -> {
            Thread thread = new Thread(task, name + "-search");
            thread.setDaemon(true);
            return thread;
        });
        this.requests = clients.subscribe(Topics.RETRIEVAL_REQUESTS, GROUP, name, backlog);
        this.producer = clients.producer(name);
        show(telemetry.meters());
    }

    private void show(MeterRegistry meters) {
        Metric.RETRIEVAL_REQUESTS.counter(meters, () -> counts.searched(), "searched");
        Metric.RETRIEVAL_REQUESTS.counter(meters, () -> counts.cached(), "cached");
        Metric.RETRIEVAL_REQUESTS.counter(meters, () -> counts.coalesced(), "coalesced");
        Metric.RETRIEVAL_REQUESTS.counter(meters, () -> counts.errors(), "error");
        Metric.RETRIEVAL_REQUESTS.counter(meters, () -> counts.timeouts(), "timeout");
        Metric.RETRIEVAL_REPEATED.counter(meters, () -> counts.repeated());
        Metric.RETRIEVAL_QUEUE.timer(meters);
        Metric.RETRIEVAL_SEARCH.timer(meters);
    }

    @Override
    public String name() {
        return name;
    }

    /** Reads what has come and answers some of what is at hand; returns how many requests were done with. */
    @Override
    public int step() {
        boolean paused = clock.millis() < pausedUntilMs;
        if (paused || backlog.size() >= MOST_AT_HAND) {
            requests.pause(requests.partitions());
        } else {
            requests.resume(requests.partitions());
        }
        // Also while paused: who does not poll loses its place in the group.
        backlog.add(requests.poll(backlog.size() == 0 ? IDLE : Duration.ZERO));
        if (paused) {
            readAgain();
            return 0;
        }
        int done;
        try {
            done = answer(backlog.live(turn)) + answer(backlog.training(turn));
        } catch (SearchUnavailable e) {
            readAgain();
            LOG.warn("{} waits {} ms: {}", name, pauseMs, e.getMessage());
            pausedUntilMs = clock.millis() + pauseMs;
            pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
            return 0;
        } catch (RuntimeException e) {
            readAgain();
            throw e;
        }
        if (done > 0) {
            pauseMs = FIRST_PAUSE_MS;
            requests.commit(backlog.offsets());
        }
        return done;
    }

    /** Work done so far; may be read by any thread. */
    public RetrievalCounts counts() {
        return counts;
    }

    @Override
    public void close() {
        try (producer;
                retriever) {
            workers.shutdownNow();
            requests.close();
        }
    }

    /** Answers these, the oldest of their kind, or none of them; returns how many they are. */
    private int answer(List<Event<RetrievalRequest>> events) {
        if (events.isEmpty()) {
            return 0;
        }
        RetrievalBatch batch = new RetrievalBatch(retriever, cache, clock);
        Set<Asked> now = new HashSet<>();
        Map<Event<RetrievalRequest>, RetrievalResponse> responses = new LinkedHashMap<>();
        long repeated = 0;
        batch.begin(
                events.stream()
                        .map(Event::value)
                        .filter(request -> !answered.contains(asked(request)))
                        .toList(),
                workers);
        for (Event<RetrievalRequest> event : events) {
            RetrievalRequest request = event.value();
            Asked asked = asked(request);
            if (answered.contains(asked) || !now.add(asked)) {
                repeated++;
                continue;
            }
            responses.put(event, answer(batch, request, asked));
        }
        responses.forEach((event, response) -> event.trace()
                .within(() -> producer.send(
                        Topics.RETRIEVAL_RESPONSES, event.partition(), response.getQuestionId(), response)));
        producer.flush();
        responses.forEach(this::tell);
        answered.addAll(now);
        counts = counts.plus(batch.close()).plus(new RetrievalCounts(0, 0, 0, 0, 0, repeated));
        backlog.answered(events);
        return events.size();
    }

    private void tell(Event<RetrievalRequest> event, RetrievalResponse response) {
        long readAt = response.getAtMs() - response.getTookMs();
        telemetry.took(Metric.RETRIEVAL_QUEUE, event.value().getAtMs(), readAt);
        telemetry.took(Metric.RETRIEVAL_SEARCH, readAt, response.getAtMs());
        telemetry.span("retrieval", event.trace(), readAt, response.getAtMs());
    }

    private static Asked asked(RetrievalRequest request) {
        return new Asked(request.getRequestId(), request.getAtMs());
    }

    private RetrievalResponse answer(RetrievalBatch batch, RetrievalRequest request, Asked asked) {
        try {
            RetrievalResponse response = batch.answer(request);
            if (response.getStatus() == RetrievalStatus.OK) {
                good = Optional.of(new RetrievalBatch.Search(request.getQuery(), request.getTopK()));
            }
            return response;
        } catch (SearchUnavailable e) {
            if (answersOthers() && refusals.merge(asked, 1, Integer::sum) >= MOST_REFUSALS) {
                return batch.refused(request, e);
            }
            batch.close();
            throw e;
        }
    }

    /** Whether the search still finds what it found last. */
    private boolean answersOthers() {
        try {
            good.ifPresent(search -> retriever.search(search.query(), search.k()));
            return good.isPresent();
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** What is not answered is read again by the next step. */
    private void readAgain() {
        backlog.offsets().forEach(requests::seek);
        backlog.clear();
    }
}
