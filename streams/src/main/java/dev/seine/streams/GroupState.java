package dev.seine.streams;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * A group between its first trajectory and its being forgotten.
 *
 * <p>none -> Open: the first trajectory arrives. Open -> Open: a further one. Open -> Closed: the last one, or the
 * deadline. Closed -> none: the time to remember it has passed.
 *
 * @param size rollouts that the group has when complete
 * @param sinceMs when it was first seen, or closed
 * @param arrived rollout indices that are there
 */
record GroupState(int size, long sinceMs, BitSet arrived) {

    static GroupState first(int size, long nowMs) {
        return new GroupState(size, nowMs, new BitSet());
    }

    boolean has(int index) {
        return arrived.get(index);
    }

    GroupState with(int index) {
        BitSet more = (BitSet) arrived.clone();
        more.set(index);
        return new GroupState(size, sinceMs, more);
    }

    boolean complete() {
        return arrived.cardinality() == size;
    }

    GroupState closedAt(long nowMs) {
        return new GroupState(size, nowMs, arrived);
    }

    boolean olderThan(long ageMs, long nowMs) {
        return nowMs - sinceMs >= ageMs;
    }

    /** Text such as {@code 16 1700000000000 b} with the indices as a hexadecimal number. */
    static Serde<GroupState> serde() {
        return Serdes.serdeFrom(
                (topic, state) -> state == null ? null : state.text().getBytes(StandardCharsets.UTF_8),
                (topic, bytes) -> bytes == null ? null : read(new String(bytes, StandardCharsets.UTF_8)));
    }

    private String text() {
        StringBuilder indices = new StringBuilder();
        for (long word : arrived.toLongArray()) {
            indices.append(' ').append(Long.toHexString(word));
        }
        return size + " " + sinceMs + indices;
    }

    private static GroupState read(String text) {
        String[] parts = text.split(" ", -1);
        long[] words = new long[parts.length - 2];
        for (int i = 0; i < words.length; i++) {
            words[i] = Long.parseUnsignedLong(parts[i + 2], 16);
        }
        return new GroupState(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), BitSet.valueOf(words));
    }
}
