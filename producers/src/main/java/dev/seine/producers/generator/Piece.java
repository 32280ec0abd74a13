package dev.seine.producers.generator;

import dev.seine.event.Passage;
import dev.seine.event.SegmentKind;
import dev.seine.policy.Written;
import java.util.List;

/**
 * Consecutive tokens of one origin: what becomes a segment.
 *
 * @param logprobs one per token where the policy sampled it, else empty
 * @param minVersion oldest weights that sampled a token; -1 if none did
 * @param maxVersion newest weights that sampled a token; -1 if none did
 * @param query the search that documents answer; else empty
 * @param status how that search ended; else empty
 * @param tookMs time spent on it
 */
@SuppressWarnings("ArrayRecordComponent") // the engine gives and takes arrays
record Piece(
        SegmentKind kind,
        int[] tokens,
        float[] logprobs,
        long minVersion,
        long maxVersion,
        String query,
        String status,
        List<Passage> passages,
        long tookMs) {
    /** Status of a search beyond the limit: it was not made. */
    static final String LIMIT = "LIMIT";

    private static final float[] NOTHING_SAMPLED = {};
    private static final int[] NO_TOKENS = {};

    static Piece prompt(int[] tokens) {
        return new Piece(SegmentKind.PROMPT, tokens, NOTHING_SAMPLED, -1, -1, "", "", List.of(), 0);
    }

    static Piece generated(Written written, long tookMs) {
        return generated(written.tokens(), written.logprobs(), written.minVersion(), written.maxVersion(), tookMs);
    }

    static Piece generated(int[] tokens, float[] logprobs, long minVersion, long maxVersion, long tookMs) {
        boolean none = tokens.length == 0;
        return new Piece(
                SegmentKind.GENERATED,
                tokens,
                logprobs,
                none ? -1 : minVersion,
                none ? -1 : maxVersion,
                "",
                "",
                List.of(),
                tookMs);
    }

    static Piece documents(int[] tokens, String query, String status, List<Passage> passages, long tookMs) {
        return new Piece(
                SegmentKind.DOCUMENTS, tokens, NOTHING_SAMPLED, -1, -1, query, status, List.copyOf(passages), tookMs);
    }

    /** A search after which nothing was shown: an empty segment keeps the record of it. */
    static Piece unanswered(String query, String status, long tookMs) {
        return documents(NO_TOKENS, query, status, List.of(), tookMs);
    }

    boolean sampled() {
        return kind == SegmentKind.GENERATED;
    }
}
