package dev.seine.app.chaos;

import dev.seine.topics.Clients;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topic;
import dev.seine.topics.TopicSizes;
import dev.seine.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Keeps one record in a hundred of the busy topics undecodable. */
final class Junk implements AutoCloseable {
    private static final List<Topic<?>> BUSY = List.of(
            Topics.QUESTIONS,
            Topics.RETRIEVAL_REQUESTS,
            Topics.RETRIEVAL_RESPONSES,
            Topics.TRAJECTORIES,
            Topics.SCORED_TRAJECTORIES);
    private static final int SHARE = 100;

    private final Clients clients;
    private final EventProducer producer;
    private final Random random;
    private final Map<String, Long> sent = new HashMap<>();

    Junk(Clients clients, long seed) {
        this.clients = clients;
        this.producer = clients.producer("junk");
        this.random = new Random(seed);
    }

    /** Adds what is missing to the share. */
    void tend() {
        Map<String, Long> records = new HashMap<>();
        clients.sizes().topics().forEach((TopicSizes.Size size) -> records.put(size.name(), size.records()));
        for (Topic<?> topic : BUSY) {
            while (sent.getOrDefault(topic.name(), 0L) * SHARE < records.getOrDefault(topic.name(), 0L)) {
                byte[] bytes = new byte[1 + random.nextInt(40)];
                random.nextBytes(bytes);
                producer.sendBytes(
                        topic,
                        random.nextInt(topic.partitions()),
                        ("junk-" + sent.size()).getBytes(StandardCharsets.UTF_8),
                        bytes);
                sent.merge(topic.name(), 1L, Long::sum);
            }
        }
    }

    /** How many so far. */
    long sent() {
        return sent.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public void close() {
        producer.close();
    }
}
