package dev.seine.topics;

import dev.seine.event.Rejection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An {@link EventConsumer} over one Kafka consumer of bytes. */
final class LogConsumer<V extends SpecificRecord> implements EventConsumer<V> {
    private static final Logger LOG = LoggerFactory.getLogger(LogConsumer.class);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Topic<V> topic;
    private final String role;
    private final Optional<String> group;
    private final Clients clients;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Telemetry.Watch watch;
    private long rejected;
    private boolean deletions;

    private LogConsumer(Topic<V> topic, String role, Map<String, Object> settings, Clients clients) {
        this.topic = topic;
        this.role = role;
        this.clients = clients;
        group = Optional.ofNullable((String) settings.get("group.id"));
        consumer = new KafkaConsumer<>(settings);
        watch = clients.telemetry().watch(consumer);
        Metric.CONSUMER_LAG.gauge(
                clients.telemetry().meters(), () -> ConsumerLag.of(consumer.metrics(), topic), topic.name(), role);
    }

    static <V extends SpecificRecord> LogConsumer<V> subscribed(
            Topic<V> topic, String role, Map<String, Object> settings, Clients clients, Assignments listener) {
        LogConsumer<V> made = new LogConsumer<>(topic, role, settings, clients);
        made.consumer.subscribe(List.of(topic.name()), new Rebalances(listener));
        return made;
    }

    static <V extends SpecificRecord> LogConsumer<V> assigned(
            Topic<V> topic, String role, Map<String, Object> settings, Clients clients) {
        LogConsumer<V> made = new LogConsumer<>(topic, role, settings, clients);
        made.assignTo(made.consumer.partitionsFor(topic.name()).stream()
                .map(partition -> partition.partition())
                .collect(Collectors.toSet()));
        return made;
    }

    /** Hands on records without a value, as events without one, instead of rejecting them. */
    LogConsumer<V> withDeletions() {
        deletions = true;
        return this;
    }

    @Override
    public List<Event<V>> poll(Duration timeout) {
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(timeout);
        } catch (WakeupException e) {
            return List.of();
        }
        long before = rejected;
        try {
            List<Event<V>> events = new ArrayList<>(records.count());
            records.forEach(data -> decoded(data).ifPresent(events::add));
            if (rejected > before) {
                clients.flushRejections();
            }
            return events;
        } catch (RuntimeException e) { // neither these events nor their rejections may be lost: they come again
            rejected = before;
            records.partitions()
                    .forEach(at -> consumer.seek(at, records.records(at).get(0).offset()));
            throw e;
        }
    }

    @Override
    public void commit(Map<Integer, Long> nextOffsetByPartition) {
        if (group.isEmpty()) {
            throw new IllegalStateException(role + ": a reader of " + topic + " without a group cannot commit");
        }
        Set<Integer> owned = partitions();
        Map<Integer, Bookmark> ours = new HashMap<>();
        nextOffsetByPartition.forEach((partition, next) -> ours.put(partition, Bookmark.at(next)));
        ours.keySet().retainAll(owned);
        try {
            commitSync(offsets(ours));
        } catch (CommitFailedException | RebalanceInProgressException e) {
            // Whoever owns the partitions now reads these records again: no record is lost.
            LOG.warn("{}: offsets of {} were not committed: {}", role, topic, e.getMessage());
        }
    }

    @Override
    public void seek(int partition, long offset) {
        consumer.seek(at(partition), offset);
    }

    @Override
    public void seekToTime(int partition, long timestampMs) {
        OffsetAndTimestamp found =
                consumer.offsetsForTimes(Map.of(at(partition), timestampMs)).get(at(partition));
        if (found != null) {
            seek(partition, found.offset());
        } else {
            seekToEnd(Set.of(partition)); // records of open transactions may still come
        }
    }

    @Override
    public Map<Integer, Bookmark> bookmarks() {
        Map<Integer, Bookmark> bookmarks = new TreeMap<>();
        consumer.committed(consumer.assignment()).forEach((at, committed) -> {
            if (committed != null) {
                bookmarks.put(at.partition(), new Bookmark(committed.offset(), committed.metadata()));
            }
        });
        return bookmarks;
    }

    @Override
    public void rewind() {
        Map<Integer, Bookmark> bookmarks = bookmarks();
        consumer.assignment().forEach(at -> {
            Bookmark bookmark = bookmarks.get(at.partition());
            if (bookmark == null) {
                consumer.seekToBeginning(Set.of(at));
            } else {
                consumer.seek(at, bookmark.next());
            }
        });
    }

    @Override
    public void seekToBeginning() {
        consumer.seekToBeginning(consumer.assignment());
    }

    @Override
    public void seekToEnd() {
        consumer.seekToEnd(consumer.assignment());
    }

    @Override
    public Map<Integer, Long> positions() {
        Map<Integer, Long> positions = new TreeMap<>();
        consumer.assignment().forEach(at -> positions.put(at.partition(), consumer.position(at)));
        return positions;
    }

    @Override
    public Map<Integer, Long> endOffsets() {
        return byPartition(consumer.endOffsets(consumer.assignment()));
    }

    @Override
    public Map<Integer, Long> writtenOffsets() {
        return byPartition(TopicSizes.written(clients.admin(), consumer.assignment()));
    }

    @Override
    public Map<Integer, Long> beginningOffsets() {
        return byPartition(consumer.beginningOffsets(consumer.assignment()));
    }

    @Override
    public void assignTo(Set<Integer> partitions) {
        if (group.isPresent()) {
            throw new IllegalStateException(
                    role + ": partitions of " + topic + " are assigned by group " + group.get());
        }
        Set<TopicPartition> fresh = new HashSet<>(at(partitions));
        fresh.removeAll(consumer.assignment());
        consumer.assign(at(partitions));
        if (!fresh.isEmpty()) { // Kafka takes none for all
            consumer.seekToBeginning(fresh);
        }
    }

    @Override
    public void pause(Set<Integer> partitions) {
        consumer.pause(at(partitions));
    }

    @Override
    public void resume(Set<Integer> partitions) {
        consumer.resume(at(partitions));
    }

    @Override
    public Set<Integer> partitions() {
        return Rebalances.numbers(consumer.assignment());
    }

    @Override
    public long rejected() {
        return rejected;
    }

    /** Its membership, by which a broker tells whether it still owns its partitions. */
    ConsumerGroupMetadata membership() {
        return consumer.groupMetadata();
    }

    /** Offsets of this topic, with their notes. */
    Map<TopicPartition, OffsetAndMetadata> offsets(Map<Integer, Bookmark> bookmarks) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        bookmarks.forEach(
                (partition, mark) -> offsets.put(at(partition), new OffsetAndMetadata(mark.next(), mark.note())));
        return offsets;
    }

    @Override
    public void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        watch.close();
        Metric.CONSUMER_LAG.remove(clients.telemetry().meters(), topic.name(), role);
        consumer.close(CloseOptions.timeout(CLOSE));
    }

    /** The event; empty if the record was rejected. */
    private Optional<Event<V>> decoded(ConsumerRecord<byte[], byte[]> data) {
        try {
            if (data.key() == null || (data.value() == null && !deletions)) {
                String missing = data.key() == null ? "key" : "value";
                throw new SerializationException(topic + ": expected a key and a value, got no " + missing);
            }
            V value = data.value() == null
                    ? null
                    : clients.serde(topic).deserializer().deserialize(topic.name(), data.value());
            String key = new String(data.key(), StandardCharsets.UTF_8);
            return Optional.of(new Event<>(
                    topic, data.partition(), data.offset(), key, value, data.timestamp(), Trace.of(data.headers())));
        } catch (SerializationException e) {
            Trace.of(data.headers()).within(() -> reject(data, String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private void reject(ConsumerRecord<byte[], byte[]> data, String cause) {
        rejected++;
        LOG.warn("{}: rejected {}-{}@{}: {}", role, topic, data.partition(), data.offset(), cause);
        clients.reject(Rejection.newBuilder()
                .setTopic(topic.name())
                .setPartition(data.partition())
                .setOffset(data.offset())
                .setRole(role)
                .setCause(cause)
                .setKey(data.key() == null ? null : ByteBuffer.wrap(data.key()))
                .setValue(data.value() == null ? null : ByteBuffer.wrap(data.value()))
                .setAtMs(clients.clock().millis())
                .build());
    }

    /** A wake-up is meant for polls; a commit is not given up for it. */
    private void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            consumer.commitSync(offsets);
        } catch (WakeupException e) {
            consumer.commitSync(offsets);
        }
    }

    private TopicPartition at(int partition) {
        return new TopicPartition(topic.name(), partition);
    }

    private List<TopicPartition> at(Collection<Integer> partitions) {
        return partitions.stream().map(this::at).toList();
    }

    private static Map<Integer, Long> byPartition(Map<TopicPartition, Long> offsets) {
        Map<Integer, Long> numbers = new TreeMap<>();
        offsets.forEach((at, offset) -> numbers.put(at.partition(), offset));
        return numbers;
    }
}
