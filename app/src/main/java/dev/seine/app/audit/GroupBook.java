package dev.seine.app.audit;

import java.util.Arrays;

/** What the log says of one group: a few bytes and hashes for each of its rollouts, never their texts. */
final class GroupBook {
    static final int PRODUCED = 1;
    static final int SCORED = 2;
    static final int REFUSED = 4;
    static final int TRAINED = 8;
    static final int SKIPPED = 16;

    private final String id;
    private byte[] states = new byte[0];
    private int[] sampled = new int[0];
    private int[][] queries = new int[0][];

    int size;
    long seq = -1;
    long askedMs = -1;
    long producedMs = -1;
    long scoredMs = -1;
    boolean closed;

    GroupBook(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    String rollout(int index) {
        return id + "#" + index;
    }

    /** Rollouts that are known or expected. */
    int rollouts() {
        return Math.max(size, states.length);
    }

    boolean is(int index, int state) {
        return index < states.length && (states[index] & state) != 0;
    }

    void set(int index, int state) {
        room(index);
        states[index] |= (byte) state;
    }

    int count(int state) {
        int count = 0;
        for (byte each : states) {
            count += (each & state) != 0 ? 1 : 0;
        }
        return count;
    }

    /** Hash of the sampled tokens of the trajectory as produced. */
    int sampled(int index) {
        return sampled[index];
    }

    void sampled(int index, int hash) {
        room(index);
        sampled[index] = hash;
    }

    /** Hash of the query of a turn; 0 if it was not asked. */
    int query(int index, int turn) {
        return index < queries.length && queries[index] != null && turn < queries[index].length
                ? queries[index][turn]
                : 0;
    }

    void query(int index, int turn, int hash) {
        room(index);
        int[] known = queries[index] == null ? new int[0] : queries[index];
        queries[index] = Arrays.copyOf(known, Math.max(known.length, turn + 1));
        queries[index][turn] = hash;
    }

    /** The queries are compared with the trajectory's once; then they are let go. */
    void forgetQueries(int index) {
        if (index < queries.length) {
            queries[index] = null;
        }
    }

    private void room(int index) {
        if (index >= states.length) {
            int length = Math.max(index + 1, size);
            states = Arrays.copyOf(states, length);
            sampled = Arrays.copyOf(sampled, length);
            queries = Arrays.copyOf(queries, length);
        }
    }
}
