package dev.seine.learner;

import dev.seine.event.LearnerStep;
import dev.seine.event.MemorySample;
import dev.seine.event.OffsetRange;
import dev.seine.schemas.Dialect;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory samples from the log to sequences. Samples enter the buffer only when a step is made, in the order of partition and offset, and
 * the step's plan says how far: so a step that is done again draws the same samples.
 */
final class Memory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Memory.class);

    private final EventConsumer<MemorySample> consumer;
    private final TextEncoder encoder;
    private final MemoryConfig config;
    private final MemoryBuffer buffer;
    private final List<Event<MemorySample>> waiting = new ArrayList<>();
    private final Map<Integer, Long> next = new TreeMap<>();
    private final Map<String, Optional<Sequence>> encoded = new HashMap<>();
    private List<Recollection> drawn = List.of();

    Memory(Clients clients, String role, TextEncoder encoder, MemoryConfig config, long seed) {
        this.consumer = clients.assign(Topics.MEMORY_SAMPLES, role);
        this.encoder = encoder;
        this.config = config;
        this.buffer = new MemoryBuffer(config.buffer(), config.uncertainShare(), seed);
        consumer.partitions().forEach(partition -> next.put(partition, 0L));
    }

    /** Goes on from a checkpoint. */
    void restore(Map<Integer, Long> offsets, List<Recollection> content) {
        offsets.forEach((partition, offset) -> {
            next.put(partition, offset);
            consumer.seek(partition, offset);
        });
        buffer.restore(content);
    }

    /** Reads what is there. @return records read */
    int read() {
        List<Event<MemorySample>> events = consumer.poll(Duration.ZERO);
        waiting.addAll(events);
        return events.size();
    }

    /** Whether there is nothing more to read at present. */
    boolean atEnd() {
        return consumer.reached(consumer.endOffsets());
    }

    /** Whether everything that the plan took in has been read. */
    boolean reached(LearnerStep plan) {
        return limits(plan).entrySet().stream()
                .allMatch(limit -> next.getOrDefault(limit.getKey(), 0L) >= limit.getValue()
                        || waiting.stream()
                                .anyMatch(e -> e.partition() == limit.getKey() && e.offset() >= limit.getValue() - 1));
    }

    /** Takes in what has been read, for a step done again as far as its plan did. @return what was taken, by partition */
    List<OffsetRange> take(Optional<LearnerStep> plan) {
        Map<Integer, Long> limits = plan.map(Memory::limits).orElse(Map.of());
        List<Event<MemorySample>> taken = waiting.stream()
                .filter(e -> plan.isEmpty() || e.offset() < limits.getOrDefault(e.partition(), 0L))
                .sorted(Comparator.comparingInt((Event<MemorySample> e) -> e.partition())
                        .thenComparingLong(Event::offset))
                .toList();
        waiting.removeAll(taken);
        Map<Integer, Long> before = Map.copyOf(next);
        for (Event<MemorySample> event : taken) {
            next.put(event.partition(), event.offset() + 1);
            Recollection sample = Recollection.of(event.value());
            if (sequence(sample).isPresent()) {
                buffer.add(sample);
            } else {
                LOG.warn("memory sample {} cannot be trained and is left out", sample.id());
            }
        }
        return next.entrySet().stream()
                .filter(e -> e.getValue() > before.getOrDefault(e.getKey(), 0L))
                .map(e -> new OffsetRange(
                        Topics.MEMORY_SAMPLES.name(), e.getKey(), before.getOrDefault(e.getKey(), 0L), e.getValue()))
                .toList();
    }

    /** The sequences of step {@code step}. */
    List<Sequence> draw(long step) {
        drawn = buffer.draw(config.batch(), step);
        List<Sequence> sequences =
                drawn.stream().flatMap(sample -> sequence(sample).stream()).toList();
        if (encoded.size() > 2 * config.buffer()) {
            encoded.keySet()
                    .retainAll(buffer.content().stream().map(Recollection::key).toList());
        }
        return sequences;
    }

    /** The sequences of the samples that a step of the log drew; the draw depends on what the weights knew, which the log does not tell. */
    List<Sequence> recall(List<String> sampleIds) {
        drawn = buffer.take(sampleIds);
        return drawn.stream().flatMap(sample -> sequence(sample).stream()).toList();
    }

    /** Notes in which samples of the last draw a fact was not known. */
    void found(Set<String> uncertainIds) {
        buffer.found(drawn, uncertainIds);
    }

    /** Offset of the next record to take in, by partition. */
    Map<Integer, Long> offsets() {
        return Map.copyOf(next);
    }

    List<Recollection> content() {
        return buffer.content();
    }

    int size() {
        return buffer.size();
    }

    @Override
    public void close() {
        consumer.close();
    }

    private Optional<Sequence> sequence(Recollection sample) {
        return encoded.computeIfAbsent(sample.key(), key -> {
            try {
                return encoder.encode(sample.id(), Dialect.of(sample.dialect()), sample.prompt(), sample.text());
            } catch (IllegalArgumentException e) {
                LOG.warn("memory sample {}: {}", sample.id(), e.getMessage());
                return Optional.empty();
            }
        });
    }

    private static Map<Integer, Long> limits(LearnerStep plan) {
        Map<Integer, Long> limits = new TreeMap<>();
        plan.getSources().stream()
                .filter(range -> range.getTopic().equals(Topics.MEMORY_SAMPLES.name()))
                .forEach(range -> limits.put(range.getPartition(), range.getTo()));
        return limits;
    }
}
