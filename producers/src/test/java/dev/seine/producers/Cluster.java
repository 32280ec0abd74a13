package dev.seine.producers;

import static org.awaitility.Awaitility.await;

import dev.seine.event.WeightsPublished;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Retention;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/** One real broker and registry for all tests of the module; topics are emptied, and names of policies never come twice. */
public final class Cluster {
    private static Cluster shared;
    private static int policies;

    private final Clients clients;

    private Cluster() throws IOException {
        Path dir = Files.createTempDirectory("seine-producers");
        EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("broker"));
        EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrap());
        clients = new Clients(Connection.of(broker.bootstrap(), registry.url()));
        clients.createTopics();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            clients.close();
            registry.close();
            broker.close();
            delete(dir);
        }));
    }

    private static void delete(Path dir) {
        try (Stream<Path> files = Files.walk(dir)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cluster, its topics empty except the weights. */
    public static synchronized Clients empty() throws Exception {
        if (shared == null) {
            shared = new Cluster();
        }
        Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
        for (Topic<?> topic : Topics.ALL) {
            for (int p = 0; topic.retention() != Retention.COMPACTED && p < topic.partitions(); p++) {
                all.put(new TopicPartition(topic.name(), p), RecordsToDelete.beforeOffset(-1));
            }
        }
        shared.clients.admin().deleteRecords(all).all().get();
        return shared.clients;
    }

    /** A policy's name that no test has used. */
    public static synchronized String freshPolicy() {
        return "policy-" + policies++;
    }

    /** Turns a role's crank until something holds. */
    public static void until(Callable<Boolean> holds) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(60))
                .until(holds);
    }

    /** Everything in a topic that is committed. */
    public static <V extends SpecificRecord> List<Event<V>> all(Clients clients, Topic<V> topic) {
        List<Event<V>> events = new ArrayList<>();
        try (EventConsumer<V> log = clients.assign(topic, "test")) {
            Map<Integer, Long> end = log.endOffsets();
            // Positions may pass the end: a transaction's end is a record too, and may come later.
            while (log.positions().entrySet().stream().anyMatch(at -> at.getValue() < end.get(at.getKey()))) {
                events.addAll(log.poll(Duration.ofMillis(20)));
            }
        }
        return events;
    }

    /** Announces weights. */
    public static void publish(Clients clients, WeightsPublished weights) {
        try (EventProducer producer = clients.producer("test")) {
            producer.send(Topics.WEIGHTS, weights.getPolicy(), weights);
        }
    }

    /** An announcement without a file behind it. */
    public static WeightsPublished weights(String policy, long version, String stage) {
        return WeightsPublished.newBuilder()
                .setPolicy(policy)
                .setVersion(version)
                .setStep(version)
                .setStage(stage)
                .setUri("file:///nowhere/v" + version + ".safetensors")
                .setBytes(1)
                .setSha256("00")
                .setConfigSha256("config")
                .setTokenizerSha256("tokenizer")
                .setAtMs(0)
                .build();
    }
}
