package dev.seine.streams.feedback;

import dev.seine.streams.TopologyOptions.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * What is known of an answer until its window closes, by answer id and as it lies in the log: the question, the answer's text so
 * far, how it ended, the last word on it, and whether a question was made of that.
 */
final class FeedbackStores {
    private static final List<String> NAMES = List.of("asked", "text", "ended", "said", "made");

    final KeyValueStore<String, byte[]> asked;
    /** Parts of the text one after another, UTF-8. */
    final KeyValueStore<String, byte[]> text;

    final KeyValueStore<String, byte[]> ended;
    final KeyValueStore<String, byte[]> said;
    /** Keys alone matter. */
    final KeyValueStore<String, byte[]> made;

    FeedbackStores(ProcessorContext<?, ?> context) {
        asked = context.getStateStore(NAMES.get(0));
        text = context.getStateStore(NAMES.get(1));
        ended = context.getStateStore(NAMES.get(2));
        said = context.getStateStore(NAMES.get(3));
        made = context.getStateStore(NAMES.get(4));
    }

    static Set<StoreBuilder<?>> builders(Store store) {
        return NAMES.stream().map(name -> builder(store, name)).collect(Collectors.toSet());
    }

    private static StoreBuilder<?> builder(Store store, String name) {
        return Stores.keyValueStoreBuilder(
                store == Store.MEMORY ? Stores.inMemoryKeyValueStore(name) : Stores.persistentKeyValueStore(name),
                Serdes.String(),
                Serdes.ByteArray());
    }

    /** Forgets an answer and all that was said of it. */
    void forget(String answerId) {
        asked.delete(answerId);
        text.delete(answerId);
        ended.delete(answerId);
        said.delete(answerId);
        made.delete(answerId);
    }

    /** Every entry, as of now: the store may be changed meanwhile. */
    static void each(KeyValueStore<String, byte[]> store, BiConsumer<String, byte[]> entry) {
        List<KeyValue<String, byte[]>> entries = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entries::add);
        }
        entries.forEach(each -> entry.accept(each.key, each.value));
    }
}
