package dev.seine.producers.retrieval;

/**
 * Settings of the retrieval service.
 *
 * @param maxTopK most passages for one request; more are not sought
 * @param maxQueryChars what of a query is looked at, in characters
 * @param maxPassageChars longest text of a passage in a response, in characters
 * @param cacheSize answers kept for equal queries; 0 keeps none
 * @param recentRequests requests remembered as answered, so that a redelivered one is not answered again
 * @param concurrency searches at once
 */
public record RetrievalConfig(
        int maxTopK, int maxQueryChars, int maxPassageChars, int cacheSize, int recentRequests, int concurrency) {
    /** Checks the ranges. */
    public RetrievalConfig {
        atLeast("max-top-k", maxTopK, 1);
        atLeast("max-query-chars", maxQueryChars, 1);
        atLeast("max-passage-chars", maxPassageChars, 1);
        atLeast("cache-size", cacheSize, 0);
        atLeast("recent-requests", recentRequests, 0);
        atLeast("concurrency", concurrency, 1);
    }

    /** Room for what a training run on one machine asks. */
    public static RetrievalConfig defaults() {
        return new RetrievalConfig(50, 1_000, 2_000, 10_000, 100_000, 4);
    }

    private static void atLeast(String key, int got, int least) {
        if (got < least) {
            throw new IllegalArgumentException("retrieve." + key + " must be at least " + least + ", got " + got);
        }
    }
}
