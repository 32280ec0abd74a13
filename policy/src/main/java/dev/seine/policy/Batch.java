package dev.seine.policy;

import java.util.Arrays;
import java.util.List;

/**
 * Arguments of one call of the script's {@code tick}; the meaning of each is told there.
 *
 * @param rows R
 * @param width T
 * @param at row of each chunk
 */
@SuppressWarnings("ArrayRecordComponent") // filled here, read once by the call
record Batch(
        int rows,
        int width,
        int upto,
        boolean dense,
        boolean greedy,
        boolean nucleus,
        long[] whole,
        float[] row,
        long[] bans,
        int[] at) {
    /** Lays out chunks; {@code share} is that of rows in use from which idle ones are computed too. */
    static Batch of(List<Chunk> chunks, double share) {
        int width = chunks.stream().mapToInt(Chunk::count).max().orElseThrow();
        int highest = chunks.stream().mapToInt(c -> c.sequence().slot()).max().orElseThrow();
        boolean dense = width == 1 && chunks.size() >= share * (highest + 1);
        int rows = dense ? highest + 1 : chunks.size();
        int[] at = new int[chunks.size()];
        for (int i = 0; i < at.length; i++) {
            at[i] = dense ? chunks.get(i).sequence().slot() : i;
        }
        return new Batch(
                rows,
                width,
                chunks.stream().mapToInt(Chunk::end).max().orElseThrow(),
                dense,
                chunks.stream().anyMatch(c -> c.sequence().sampling().temperature() == 0),
                chunks.stream().anyMatch(c -> c.sequence().sampling().topP() < 1),
                whole(chunks, at, rows, width),
                row(chunks, at, rows),
                bans(chunks, at),
                at);
    }

    /** Picks the chunks' pairs out of the rows' pairs. */
    float[] ofChunks(float[] drawn) {
        float[] picked = new float[2 * at.length];
        for (int i = 0; i < at.length; i++) {
            picked[2 * i] = drawn[2 * at[i]];
            picked[2 * i + 1] = drawn[2 * at[i] + 1];
        }
        return picked;
    }

    private static long[] whole(List<Chunk> chunks, int[] at, int rows, int width) {
        int stride = width + 3;
        long[] whole = new long[rows * stride];
        for (int r = 0; r < rows; r++) {
            whole[r * stride + width + 2] = r; // an idle row writes to its slot's spare position
        }
        for (int i = 0; i < at.length; i++) {
            Chunk chunk = chunks.get(i);
            int base = at[i] * stride;
            for (int t = 0; t < chunk.count(); t++) {
                whole[base + t] = chunk.sequence().pending()[t];
            }
            whole[base + width] = chunk.sequence().cached();
            whole[base + width + 1] = chunk.count();
            whole[base + width + 2] = chunk.sequence().slot();
        }
        return whole;
    }

    private static float[] row(List<Chunk> chunks, int[] at, int rows) {
        float[] row = new float[3 * rows];
        Arrays.fill(row, 0, 2 * rows, 1f);
        for (int i = 0; i < at.length; i++) {
            Sequence sequence = chunks.get(i).sequence();
            boolean draws = chunks.get(i).last() && sequence.sampling().temperature() > 0;
            row[at[i]] = sequence.sampling().temperature();
            row[rows + at[i]] = draws ? sequence.sampling().topP() : 1f;
            row[2 * rows + at[i]] = draws ? sequence.uniform() : 0f;
        }
        return row;
    }

    private static long[] bans(List<Chunk> chunks, int[] at) {
        int pairs =
                chunks.stream().mapToInt(c -> c.sequence().sampling().banned()).sum();
        long[] bans = new long[2 * pairs];
        int next = 0;
        for (int i = 0; pairs > 0 && i < at.length; i++) {
            for (int token : chunks.get(i).sequence().sampling().bannedTokens()) {
                bans[next] = at[i];
                bans[pairs + next++] = token;
            }
        }
        return bans;
    }
}
