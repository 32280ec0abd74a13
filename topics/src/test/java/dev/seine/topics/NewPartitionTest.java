package dev.seine.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.seine.event.Question;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first writes to a new partition, whose leader refuses the first since it has not heard yet that it is the leader. A broker takes the
 * next for the first one that it ever sees of this writer, and the first no more after it.
 */
class NewPartitionTest {
    private static final Duration WAIT = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    private LateLeader leader;
    private EmbeddedBroker broker;
    private Clients clients;
    private Topic<Question> topic;

    @BeforeEach
    void open() throws Exception {
        leader = new LateLeader();
        broker = EmbeddedBroker.start(
                dir, "PLAINTEXT", Map.of("advertised.listeners", "PLAINTEXT://" + leader.address()));
        leader.before(URI.create("kafka://" + broker.bootstrap()).getPort());
        clients = new Clients(Connection.of(broker.bootstrap(), ""));
        topic = TestLog.fresh(clients, Question.class, 1);
    }

    @AfterEach
    void close() throws Exception {
        clients.close();
        broker.close();
        leader.close();
    }

    @Test
    void aWriterGetsAllItsRecordsInInOrder() {
        try (EventProducer producer = clients.producer("writer")) {
            producer.partition(topic, "known");
            sendAcrossARefusal(producer);
            await().atMost(WAIT).untilAsserted(() -> assertThat(written()).containsExactly("a", "b", "c"));
        }
    }

    @Test
    void soDoesOneThatCommits() {
        try (FencedProducer producer = clients.fenced("id", "writer", WAIT)) {
            sendAcrossARefusal(producer);
            producer.commit();
            assertThat(written()).containsExactly("a", "b", "c");
        }
    }

    private void sendAcrossARefusal(EventProducer producer) {
        leader.refuseNext();
        producer.sendBytes(topic, 0, bytes("a"), bytes("a"));
        await().atMost(WAIT).until(() -> !leader.armed());
        producer.sendBytes(topic, 0, bytes("b"), bytes("b"));
        producer.sendBytes(topic, 0, bytes("c"), bytes("c"));
    }

    private List<String> written() {
        List<String> keys = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> reader =
                new KafkaConsumer<>(Settings.consumer(clients.connection(), "reader"))) {
            TopicPartition only = new TopicPartition(topic.name(), 0);
            reader.assign(List.of(only));
            long end = reader.endOffsets(List.of(only)).get(only);
            while (reader.position(only) < end) {
                reader.poll(Duration.ofMillis(100))
                        .forEach(each -> keys.add(new String(each.key(), StandardCharsets.UTF_8)));
            }
        }
        return keys;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
