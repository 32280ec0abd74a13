package dev.seine.learner;

import dev.seine.event.Rejection;
import dev.seine.topics.Bookmark;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.FencedProducer;
import dev.seine.topics.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;

/** A producer that remembers what it was given. */
final class SentEvents implements FencedProducer {
    final List<SpecificRecord> sent = new ArrayList<>();

    @Override
    public <V extends SpecificRecord> CompletableFuture<Void> send(Topic<V> topic, String key, V value) {
        return send(topic, 0, key, value);
    }

    @Override
    public <V extends SpecificRecord> CompletableFuture<Void> send(Topic<V> topic, int partition, String key, V value) {
        sent.add(value);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> sendBytes(Topic<?> topic, int partition, byte[] key, byte[] value) {
        throw new UnsupportedOperationException("the learner writes events");
    }

    @Override
    public void reject(Rejection rejection) {
        sent.add(rejection);
    }

    @Override
    public int partition(Topic<?> topic, String key) {
        return 0;
    }

    @Override
    public boolean pending() {
        return false;
    }

    @Override
    public void commit() {}

    @Override
    public boolean commit(EventConsumer<?> reader, Map<Integer, Bookmark> next) {
        return true;
    }

    @Override
    public void abort() {}

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
