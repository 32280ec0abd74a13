package dev.seine.producers.generator;

import dev.seine.event.Passage;
import dev.seine.event.RetrievalResponse;
import dev.seine.event.RetrievalStatus;
import java.util.List;

/**
 * How the search of this id and query ended.
 *
 * @param atMs when, in milliseconds
 */
record Found(String requestId, String query, RetrievalStatus status, String error, List<Passage> passages, long atMs) {
    static Found of(RetrievalResponse response) {
        return new Found(
                response.getRequestId(),
                response.getQuery(),
                response.getStatus(),
                response.getError(),
                response.getPassages(),
                response.getAtMs());
    }

    /** Whether it is the answer to this search, and not to the same one with an earlier deadline. */
    boolean answers(Rollout.Search search) {
        boolean outdated = status == RetrievalStatus.TIMEOUT && atMs <= search.deadline();
        return requestId.equals(search.requestId()) && query.equals(search.query()) && !outdated;
    }
}
