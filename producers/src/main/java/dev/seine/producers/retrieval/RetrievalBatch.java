package dev.seine.producers.retrieval;

import dev.seine.event.Passage;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalResponse;
import dev.seine.event.RetrievalStatus;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** Answers the requests of one poll; equal queries among them are searched once, different ones at the same time. */
final class RetrievalBatch {
    /** What is looked for. */
    record Search(String query, int k) {}

    /** How a search ended; the error is empty unless it failed. */
    private record Found(List<Passage> passages, String error) {}

    private static final int MAX_ERROR_CHARS = 500;
    private static final Found NOT_FOUND = new Found(List.of(), "not searched");

    private final Retriever retriever;
    private final Map<Search, List<Passage>> cache;
    private final Clock clock;
    private final long readAt;
    private final Map<Search, CompletableFuture<Found>> begun = new HashMap<>();
    private final Map<Search, Found> found = new HashMap<>();
    private RetrievalCounts counts = RetrievalCounts.NONE;

    RetrievalBatch(Retriever retriever, Map<Search, List<Passage>> cache, Clock clock) {
        this.retriever = retriever;
        this.cache = cache;
        this.clock = clock;
        this.readAt = clock.millis();
    }

    /** Begins the searches that these requests need, as many at once as the workers do. */
    void begin(List<RetrievalRequest> requests, Executor workers) {
        for (RetrievalRequest request : requests) {
            Search search = new Search(request.getQuery(), request.getTopK());
            boolean wanted = !cache.containsKey(search) && !begun.containsKey(search);
            if (wanted && clock.millis() <= request.getDeadlineMs()) {
                begun.put(search, CompletableFuture.supplyAsync(() -> search(search), workers));
            }
        }
    }

    /**
     * The one response to a request, whatever becomes of the search.
     *
     * @throws SearchUnavailable if it cannot be answered now
     */
    RetrievalResponse answer(RetrievalRequest request) {
        if (clock.millis() > request.getDeadlineMs()) {
            count(0, 0, 0, 1);
            return response(request, RetrievalStatus.TIMEOUT)
                    .setError("deadline " + request.getDeadlineMs() + " passed before the search")
                    .build();
        }
        Search search = new Search(request.getQuery(), request.getTopK());
        List<Passage> known = cache.get(search);
        boolean cached = known != null;
        boolean coalesced = !cached && found.containsKey(search);
        Found result = known != null ? new Found(known, "") : found.computeIfAbsent(search, this::found);
        boolean failed = !result.error().isEmpty();
        count(cached ? 1 : 0, coalesced ? 1 : 0, failed ? 1 : 0, 0);
        return response(request, failed ? RetrievalStatus.ERROR : RetrievalStatus.OK)
                .setError(result.error())
                .setPassages(result.passages())
                .setCached(cached || coalesced)
                .build();
    }

    /** The response to a request that the search refuses while it answers others. */
    RetrievalResponse refused(RetrievalRequest request, SearchUnavailable cause) {
        count(0, 0, 1, 0);
        return response(request, RetrievalStatus.ERROR)
                .setError(Bounds.cut(cause.toString(), MAX_ERROR_CHARS))
                .build();
    }

    /** Counts of this batch; successful searches go to the cache, also those whose requests are left for later. */
    RetrievalCounts close() {
        begun.forEach((search, result) -> {
            if (!result.exceptionally(away -> NOT_FOUND).join().equals(NOT_FOUND)) {
                found.put(search, result.join());
            }
        });
        found.forEach((search, result) -> {
            if (result.error().isEmpty()) {
                cache.put(search, result.passages());
            }
        });
        return counts;
    }

    private Found found(Search search) {
        CompletableFuture<Found> result = begun.get(search);
        if (result == null) {
            return search(search);
        }
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SearchUnavailable away) {
                throw away;
            }
            throw e;
        }
    }

    private Found search(Search search) {
        try {
            return new Found(List.copyOf(retriever.search(search.query(), search.k())), "");
        } catch (SearchUnavailable e) {
            throw e;
        } catch (RuntimeException e) {
            return new Found(List.of(), Bounds.cut(e.toString(), MAX_ERROR_CHARS));
        }
    }

    private RetrievalResponse.Builder response(RetrievalRequest request, RetrievalStatus status) {
        long now = clock.millis();
        return RetrievalResponse.newBuilder()
                .setRequestId(request.getRequestId())
                .setQuestionId(request.getQuestionId())
                .setRolloutId(request.getRolloutId())
                .setTurn(request.getTurn())
                .setQuery(request.getQuery())
                .setStatus(status)
                .setTookMs(now - readAt)
                .setAtMs(now);
    }

    private void count(long cached, long coalesced, long errors, long timeouts) {
        counts = counts.plus(new RetrievalCounts(1, cached, coalesced, errors, timeouts, 0));
    }
}
