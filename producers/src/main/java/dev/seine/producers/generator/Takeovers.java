package dev.seine.producers.generator;

import dev.seine.event.Question;
import dev.seine.event.RetrievalResponse;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** The partitions of which it is not known yet, or was not when their questions were written, what earlier owners have begun. */
final class Takeovers implements AutoCloseable {
    private final IntFunction<Takeover> made;
    private final Map<Integer, Takeover> byPartition = new TreeMap<>();

    /** None yet; {@code made} makes that of a partition. */
    Takeovers(IntFunction<Takeover> made) {
        this.made = made;
    }

    /** Earlier owners may have begun questions of these partitions. */
    void expect(Set<Integer> partitions) {
        partitions.forEach(partition -> byPartition.put(partition, made.apply(partition)));
    }

    void forget(Set<Integer> partitions) {
        partitions.forEach(partition -> of(partition).ifPresent(Takeover::close));
        byPartition.keySet().removeAll(partitions);
    }

    /** That of a partition, as long as questions that an earlier owner may have begun are read. */
    Optional<Takeover> of(int partition) {
        return Optional.ofNullable(byPartition.get(partition));
    }

    /** Offset of the first question held back, by partition. */
    Map<Integer, Long> held() {
        Map<Integer, Long> held = new TreeMap<>();
        byPartition.forEach((partition, takeover) -> {
            if (takeover.holding()) {
                held.put(partition, takeover.firstHeld());
            }
        });
        return held;
    }

    /** Reads on, without waiting, what earlier owners have written; returns the questions of which all is known now. */
    List<Event<Question>> advance(EventConsumer<Question> questions, EventConsumer<RetrievalResponse> responses) {
        List<Event<Question>> free = new ArrayList<>();
        Map<Integer, Long> positions = byPartition.isEmpty() ? Map.of() : questions.positions();
        for (Map.Entry<Integer, Takeover> entry : List.copyOf(byPartition.entrySet())) {
            int partition = entry.getKey();
            Takeover takeover = entry.getValue();
            if (takeover.over(known(positions, partition))) {
                byPartition.remove(partition);
            } else if (takeover.holding() && !takeover.begun()) {
                takeover.begin(responses, known(questions.endOffsets(), partition));
            } else if (takeover.begun() && !takeover.ready()) {
                free.addAll(takeover.advance());
            }
        }
        return free;
    }

    private static long known(Map<Integer, Long> offsets, int partition) {
        return Objects.requireNonNull(offsets.get(partition), () -> "partition " + partition + " is not read");
    }

    @Override
    public void close() {
        byPartition.values().forEach(Takeover::close);
    }
}
