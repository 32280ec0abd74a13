package dev.seine.streams;

import dev.seine.streams.TopologyOptions.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiPredicate;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * State of the group collector: one entry per waiting trajectory (its bytes as they lie in the log), one per open and
 * per closed group, and per question the fewest searches with which it was answered correctly.
 */
final class GroupStores {
    private static final String MEMBERS = "members";
    private static final String OPEN = "open-groups";
    private static final String CLOSED = "closed-groups";
    private static final String FEWEST = "fewest-searches";

    private final KeyValueStore<String, byte[]> members;
    private final KeyValueStore<String, GroupState> open;
    private final KeyValueStore<String, GroupState> closed;
    private final KeyValueStore<String, Integer> fewest;

    GroupStores(ProcessorContext<?, ?> context) {
        members = context.getStateStore(MEMBERS);
        open = context.getStateStore(OPEN);
        closed = context.getStateStore(CLOSED);
        fewest = context.getStateStore(FEWEST);
    }

    static Set<StoreBuilder<?>> builders(Store store) {
        return Set.of(
                builder(store, MEMBERS, Serdes.ByteArray()),
                builder(store, OPEN, GroupState.serde()),
                builder(store, CLOSED, GroupState.serde()),
                builder(store, FEWEST, Serdes.Integer()));
    }

    private static <V> StoreBuilder<KeyValueStore<String, V>> builder(Store store, String name, Serde<V> values) {
        KeyValueBytesStoreSupplier supplier =
                store == Store.MEMORY ? Stores.inMemoryKeyValueStore(name) : Stores.persistentKeyValueStore(name);
        return Stores.keyValueStoreBuilder(supplier, Serdes.String(), values);
    }

    /** The open group, or null. */
    @Nullable
    GroupState open(String groupId) {
        return open.get(groupId);
    }

    /** The closed group, or null. */
    @Nullable
    GroupState closed(String groupId) {
        return closed.get(groupId);
    }

    void add(String groupId, int index, byte[] bytes, GroupState state) {
        members.put(prefix(groupId) + String.format(Locale.ROOT, "%05d", index), bytes);
        open.put(groupId, state);
    }

    /** Closes a group: its trajectories' bytes by index leave the store, and a mark that it was closed stays. */
    List<byte[]> close(String groupId, GroupState state, long nowMs) {
        List<String> keys = new ArrayList<>();
        List<byte[]> bytes = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> all = members.prefixScan(prefix(groupId), new StringSerializer())) {
            all.forEachRemaining(entry -> {
                keys.add(entry.key);
                bytes.add(entry.value);
            });
        }
        keys.forEach(members::delete);
        open.delete(groupId);
        closed.put(groupId, state.closedAt(nowMs));
        return bytes;
    }

    /** Ids of the open groups that meet a condition. */
    List<String> open(BiPredicate<String, GroupState> condition) {
        return ids(open, condition);
    }

    /** Forgets the closed groups that are old enough. */
    void forget(long ageMs, long nowMs) {
        ids(closed, (id, state) -> state.olderThan(ageMs, nowMs)).forEach(closed::delete);
    }

    OptionalInt fewest(String questionId) {
        Integer searches = fewest.get(questionId);
        return searches == null ? OptionalInt.empty() : OptionalInt.of(searches);
    }

    void fewest(String questionId, OptionalInt searches) {
        searches.ifPresent(count -> fewest.put(questionId, count));
    }

    private static List<String> ids(
            KeyValueStore<String, GroupState> store, BiPredicate<String, GroupState> condition) {
        List<String> ids = new ArrayList<>();
        try (KeyValueIterator<String, GroupState> all = store.all()) {
            all.forEachRemaining(entry -> {
                if (condition.test(entry.key, entry.value)) {
                    ids.add(entry.key);
                }
            });
        }
        return ids;
    }

    /** Group ids have no control chars, so no id is the start of another's keys. */
    private static String prefix(String groupId) {
        return groupId + "\0";
    }
}
