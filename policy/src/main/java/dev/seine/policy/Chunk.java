package dev.seine.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Pending tokens of a sequence that are fed in one call.
 *
 * @param sequence whose they are
 * @param count how many of its pending tokens, from the first
 */
record Chunk(Sequence sequence, int count) {
    /** Most tokens of one sequence in one call; the rest waits for the next tick. */
    private static final int LONGEST = 512;

    /** Padding that is cheaper than another call, in tokens. */
    private static final int FREE_PADDING = 64;

    /** Bound on rows x tokens x cached positions of a call, which its attention mask takes. */
    private static final long LARGEST_MASK = 1 << 22;

    /** The next chunk of a sequence. */
    static Chunk of(Sequence sequence) {
        return new Chunk(sequence, Math.min(LONGEST, sequence.pending().length));
    }

    /** Whether the next token can be drawn after this chunk. */
    boolean last() {
        return count == sequence.pending().length;
    }

    /** Positions that the sequence's cache holds after this chunk. */
    int end() {
        return sequence.cached() + count;
    }

    /** Splits chunks into calls of similar length, so that padding stays below a quarter of the tokens or below what a call costs. */
    static List<List<Chunk>> calls(List<Chunk> chunks) {
        List<List<Chunk>> calls = new ArrayList<>();
        List<Chunk> call = new ArrayList<>();
        long tokens = 0;
        int end = 0;
        for (Chunk chunk : chunks.stream()
                .sorted(Comparator.comparingInt(Chunk::count).reversed())
                .toList()) {
            long rows = call.size() + 1L;
            long padded = call.isEmpty() ? chunk.count : rows * call.get(0).count;
            tokens += chunk.count;
            end = Math.max(end, chunk.end());
            if (padded - tokens > FREE_PADDING + tokens / 4 || (rows > 1 && padded * end > LARGEST_MASK)) {
                calls.add(call);
                call = new ArrayList<>();
                tokens = chunk.count;
                end = chunk.end();
            }
            call.add(chunk);
        }
        if (!call.isEmpty()) {
            calls.add(call);
        }
        return calls;
    }
}
