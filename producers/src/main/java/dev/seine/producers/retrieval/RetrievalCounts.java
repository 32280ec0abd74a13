package dev.seine.producers.retrieval;

/**
 * What a retrieval service has done since it started.
 *
 * @param requests requests answered
 * @param cached of these, answered from the cache
 * @param coalesced of these, answered by an equal query of the same batch
 * @param errors of these, answered with ERROR
 * @param timeouts of these, answered with TIMEOUT
 * @param repeated requests read again after they were answered; left alone
 */
public record RetrievalCounts(long requests, long cached, long coalesced, long errors, long timeouts, long repeated) {
    static final RetrievalCounts NONE = new RetrievalCounts(0, 0, 0, 0, 0, 0);

    /** Of the requests, those for which a search was made that succeeded. */
    public long searched() {
        return requests - cached - coalesced - errors - timeouts;
    }

    RetrievalCounts plus(RetrievalCounts more) {
        return new RetrievalCounts(
                requests + more.requests,
                cached + more.cached,
                coalesced + more.coalesced,
                errors + more.errors,
                timeouts + more.timeouts,
                repeated + more.repeated);
    }
}
