package dev.seine.producers.retrieval;

import dev.seine.event.RetrievalRequest;
import dev.seine.topics.Assignments;
import dev.seine.topics.Event;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Requests that were read and are not answered yet: those that somebody waits for beside those of training, each in the order they came.
 * A partition that goes to another member takes its requests along.
 */
final class Backlog implements Assignments {
    private final Deque<Event<RetrievalRequest>> live = new ArrayDeque<>();
    private final Deque<Event<RetrievalRequest>> training = new ArrayDeque<>();
    /** Offset after the last request read, by partition. */
    private final Map<Integer, Long> ends = new TreeMap<>();

    void add(List<Event<RetrievalRequest>> events) {
        for (Event<RetrievalRequest> event : events) {
            (event.value().getLive() ? live : training).add(event);
            ends.put(event.partition(), event.offset() + 1);
        }
    }

    int size() {
        return live.size() + training.size();
    }

    /** The oldest that somebody waits for. */
    List<Event<RetrievalRequest>> live(int most) {
        return live.stream().limit(most).toList();
    }

    /** The oldest of training. */
    List<Event<RetrievalRequest>> training(int most) {
        return training.stream().limit(most).toList();
    }

    /** These, the oldest of their kind, are answered. */
    void answered(List<Event<RetrievalRequest>> oldest) {
        oldest.forEach(event -> (event.value().getLive() ? live : training).remove());
    }

    /** Offset of the first request that is not answered, by partition: what lies before it need not be read again. */
    Map<Integer, Long> offsets() {
        Map<Integer, Long> first = new TreeMap<>(ends);
        Stream.concat(live.stream(), training.stream())
                .forEach(event -> first.merge(event.partition(), event.offset(), Math::min));
        return first;
    }

    /** Forgets everything, to be read again. */
    void clear() {
        live.clear();
        training.clear();
        ends.clear();
    }

    @Override
    public void revoked(Set<Integer> partitions) {
        live.removeIf(event -> partitions.contains(event.partition()));
        training.removeIf(event -> partitions.contains(event.partition()));
        ends.keySet().removeAll(partitions);
    }

    @Override
    public void assigned(Set<Integer> partitions) {}
}
