package dev.seine.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.seine.event.Question;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.TopicDescription;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class EmbeddedClusterTest {
    @TempDir
    Path dir;

    @Test
    void anyOneOfThreeBrokersMayBeAwayAndNothingIsLost() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.start(dir);
                EmbeddedRegistry registry = EmbeddedRegistry.start(cluster.bootstrap());
                Clients clients = new Clients(Connection.of(cluster.bootstrap(), registry.url()));
                EventConsumer<Question> reader = reader(clients)) {
            Set<String> read = new HashSet<>();
            try (FencedProducer producer = clients.fenced("writer", "writer", Duration.ofMinutes(1))) {
                for (int away = 1; away <= 3; away++) {
                    write(producer, "before-" + away);
                    cluster.stop(away);
                    write(producer, "while-" + away);
                    awaitKeys(reader, read, 40 * away);
                    cluster.start(away);
                }
            }
            assertThat(read).hasSize(120);
        }
    }

    /** A member of a group, after the topics are there with three replicas. */
    private static EventConsumer<Question> reader(Clients clients) {
        clients.createTopics();
        await().ignoreExceptions().untilAsserted(() -> {
            TopicDescription questions = Creation.await(
                            clients.admin().describeTopics(Set.of("questions")).allTopicNames())
                    .get("questions");
            assertThat(questions.partitions())
                    .allSatisfy(p -> assertThat(p.replicas()).hasSize(3));
        });
        return clients.subscribe(Topics.QUESTIONS, "readers", "reader", Assignments.IGNORED);
    }

    private static void write(FencedProducer producer, String prefix) {
        for (int i = 0; i < 20; i++) {
            producer.send(Topics.QUESTIONS, prefix + "-" + i, Questions.of(prefix + "-" + i));
        }
        producer.commit();
    }

    private static void awaitKeys(EventConsumer<Question> reader, Set<String> read, int wanted) {
        while (read.size() < wanted) {
            reader.poll(Duration.ofMillis(100)).forEach(event -> read.add(event.key()));
            reader.commit(Map.copyOf(reader.positions()));
        }
    }
}
