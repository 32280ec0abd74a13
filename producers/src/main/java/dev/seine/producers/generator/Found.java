package dev.seine.producers.generator;

import dev.seine.event.Passage;
import dev.seine.event.RetrievalResponse;
import dev.seine.event.RetrievalStatus;
import java.util.List;

/** How the search of this id and query ended. */
record Found(String requestId, String query, RetrievalStatus status, String error, List<Passage> passages) {
    static Found of(RetrievalResponse response) {
        return new Found(
                response.getRequestId(),
                response.getQuery(),
                response.getStatus(),
                response.getError(),
                response.getPassages());
    }

    /** Whether it is the answer to this search, and not to one of the same turn in an earlier life of the rollout. */
    boolean answers(Rollout.Search search) {
        return requestId.equals(search.requestId()) && query.equals(search.query());
    }
}
