package dev.seine.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.seine.event.Question;
import dev.seine.event.Rejection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ClientsTest {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(100);

    private Clients clients;
    private EventProducer producer;

    @BeforeEach
    void open() {
        clients = new Clients(TestLog.connection());
        producer = clients.producer("test");
    }

    @AfterEach
    void close() {
        producer.close();
        clients.close();
    }

    @Test
    void whatIsWrittenIsRead() {
        Topic<Question> topic = TestLog.fresh(clients, Question.class, 4);
        for (int i = 0; i < 20; i++) {
            producer.send(topic, "q" + i, Questions.of("q" + i));
        }
        producer.flush();
        try (EventConsumer<Question> consumer = clients.assign(topic, "reader")) {
            List<Event<Question>> events = read(consumer, 20);
            assertThat(events).extracting(Event::key).containsExactlyInAnyOrderElementsOf(ids(20));
            assertThat(events).allSatisfy(event -> {
                assertThat(event.value()).isEqualTo(Questions.of(event.key()));
                assertThat(event.partition()).isEqualTo(producer.partition(topic, event.key()));
                assertThat(event.timestampMs()).isPositive();
            });
            assertThat(consumer.positions()).isEqualTo(consumer.endOffsets());
        }
    }

    @Test
    void aKeyGoesWhereKafkasOwnPartitionerPutsIt() throws Exception {
        Topic<Question> topic = TestLog.fresh(clients, Question.class, 4);
        try (var plain = new KafkaProducer<byte[], byte[]>(Settings.producer(TestLog.connection(), "plain"))) {
            for (String id : ids(40)) {
                var data = new ProducerRecord<>(topic.name(), id.getBytes(StandardCharsets.UTF_8), new byte[0]);
                assertThat(plain.send(data).get().partition()).isEqualTo(producer.partition(topic, id));
            }
        }
    }

    @Test
    void bytesAreZeroThenTheIdThenAvro() {
        Topic<Question> topic = TestLog.fresh(clients, Question.class, 1);
        byte[] bytes = clients.serde(topic).serializer().serialize(topic.name(), Questions.of("q"));
        int id = clients.registry().lookup(topic.name() + "-value", Question.getClassSchema());
        assertThat(bytes[0]).isZero();
        assertThat(ByteBuffer.wrap(bytes, 1, 4).getInt()).isEqualTo(id).isPositive();
        // Avro writes a string as its length, zigzag (1 -> 2), and its bytes: the first field is the id 'q'.
        assertThat(Arrays.copyOfRange(bytes, 5, 7)).containsExactly(2, 'q');
    }

    @Test
    void anUndecodableRecordIsRejectedWithItsOffsetAndSkipped() throws Exception {
        clients.createTopics();
        Topic<Question> topic = TestLog.fresh(clients, Question.class, 1);
        producer.send(topic, "q0", Questions.of("q0")).join();
        writeRaw(topic, "bad", new byte[] {7, 1, 2, 3, 4});
        writeRaw(topic, "unknown", new byte[] {0, 0x7f, 0, 0, 1, 2});
        writeRaw(topic, "nothing", null);
        writeRaw(topic, null, new byte[] {0});
        producer.send(topic, "q5", Questions.of("q5")).join();
        try (EventConsumer<Question> consumer = clients.assign(topic, "reader")) {
            assertThat(read(consumer, 2)).extracting(Event::offset).containsExactly(0L, 5L);
            assertThat(consumer.rejected()).isEqualTo(4);
        }
        List<Rejection> rejections = rejectionsOf(topic, 4);
        assertThat(rejections).extracting(Rejection::getOffset).containsExactly(1L, 2L, 3L, 4L);
        assertThat(rejections).allSatisfy(rejection -> {
            assertThat(rejection.getRole()).isEqualTo("reader");
            assertThat(rejection.getPartition()).isZero();
        });
        assertThat(rejections.get(0).getValue()).isEqualTo(ByteBuffer.wrap(new byte[] {7, 1, 2, 3, 4}));
        assertThat(rejections.get(0).getKey()).isEqualTo(ByteBuffer.wrap("bad".getBytes(StandardCharsets.UTF_8)));
        assertThat(rejections.get(0).getCause()).contains("expected 0 as the first byte, got 7");
        assertThat(rejections.get(1).getCause()).contains("no schema of id 2130706433");
        assertThat(rejections.get(2).getCause()).contains("got no value");
        assertThat(rejections.get(3).getCause()).contains("got no key");
    }

    @Test
    void aGroupGoesOnWhereItCommitted() {
        Topic<Question> topic = TestLog.fresh(clients, Question.class, 1);
        ids(10).forEach(id -> producer.send(topic, id, Questions.of(id)));
        producer.flush();
        try (var first = clients.subscribe(topic, topic.name(), "first", Assignments.IGNORED)) {
            assertThat(read(first, 10)).hasSize(10);
            first.commit(Map.of(0, 4L, 7, 3L)); // partition 7 is nobody's
        }
        try (var second = clients.subscribe(topic, topic.name(), "second", Assignments.IGNORED)) {
            assertThat(read(second, 6)).extracting(Event::offset).containsExactly(4L, 5L, 6L, 7L, 8L, 9L);
        }
        TopicSizes.Size size =
                TopicSizes.of(clients.admin(), List.of(topic.name())).topics().get(0);
        assertThat(size.records()).isEqualTo(10);
        assertThat(size.lag()).containsEntry(topic.name(), 6L);
        assertThat(size.bytes().orElseThrow()).isPositive();
    }

    @Test
    void membersOfAGroupShareThePartitions() {
        Topic<Question> topic = TestLog.fresh(clients, Question.class, 4);
        Owned one = new Owned();
        Owned two = new Owned();
        try (var first = clients.subscribe(topic, topic.name(), "first", one)) {
            await().atMost(WAIT).until(() -> first.poll(POLL).isEmpty() && one.owned.size() == 4);
            try (var second = clients.subscribe(topic, topic.name(), "second", two)) {
                await().atMost(WAIT).until(() -> {
                    assertThat(first.poll(POLL)).isEmpty();
                    assertThat(second.poll(POLL)).isEmpty();
                    return one.owned.size() == 2 && two.owned.size() == 2;
                });
                assertThat(one.owned).doesNotContainAnyElementsOf(two.owned);
                assertThat(first.partitions()).isEqualTo(one.owned);
            }
            await().atMost(WAIT).until(() -> first.poll(POLL).isEmpty() && one.owned.size() == 4);
        }
    }

    @Test
    void aReaderWithoutAGroupSeeksPausesAndChangesPartitions() {
        Topic<Question> topic = TestLog.fresh(clients, Question.class, 2);
        for (int i = 0; i < 6; i++) {
            producer.send(topic, i % 2, "q" + i, Questions.of("q" + i));
        }
        producer.flush();
        try (EventConsumer<Question> consumer = clients.assign(topic, "reader")) {
            assertThat(consumer.partitions()).containsExactlyInAnyOrder(0, 1);
            consumer.seek(0, 2);
            consumer.pause(Set.of(1));
            assertThat(read(consumer, 1)).extracting(Event::key).containsExactly("q4");
            consumer.resume(Set.of(1));
            assertThat(read(consumer, 3)).extracting(Event::key).containsExactly("q1", "q3", "q5");
            consumer.assignTo(Set.of(0));
            assertThat(consumer.positions()).isEqualTo(Map.of(0, 3L)); // kept
            consumer.assignTo(Set.of(0, 1));
            assertThat(consumer.positions()).isEqualTo(Map.of(0, 3L, 1, 0L)); // 1 begins anew
            consumer.seekToEnd();
            assertThat(consumer.positions()).isEqualTo(Map.of(0, 3L, 1, 3L));
            consumer.seekToBeginning();
            assertThat(consumer.positions())
                    .isEqualTo(consumer.beginningOffsets())
                    .isEqualTo(Map.of(0, 0L, 1, 0L));
            assertThatThrownBy(() -> consumer.commit(Map.of(0, 1L))).hasMessageContaining("without a group");
        }
    }

    @Test
    void aWakeUpEndsThePoll() {
        Topic<Question> topic = TestLog.fresh(clients, Question.class, 1);
        try (EventConsumer<Question> consumer = clients.assign(topic, "reader")) {
            consumer.wakeup();
            assertThat(consumer.poll(Duration.ofMinutes(5))).isEmpty();
        }
    }

    @Test
    void aSilentRegistryIsNoReasonToReject() {
        Topic<Question> topic = TestLog.fresh(clients, Question.class, 1);
        producer.send(topic, "q", Questions.of("q")).join();
        Connection deaf = Connection.of(TestLog.connection().bootstrap(), "http://127.0.0.1:1");
        try (Clients others = new Clients(deaf);
                EventConsumer<Question> consumer = others.assign(topic, "reader")) {
            assertThatThrownBy(() -> read(consumer, 1)).hasMessageContaining("no answer from the registry");
            assertThat(consumer.positions()).isEqualTo(Map.of(0, 0L));
            assertThat(consumer.rejected()).isZero();
        }
    }

    @Test
    void aFailedSendIsThrownByTheNextCallOnce() {
        Topic<Question> topic = TestLog.fresh(clients, Question.class, 1);
        Connection tight = new Connection(
                TestLog.connection().bootstrap(), TestLog.connection().registry(), Map.of("max.request.size", "100"));
        Question large =
                Question.newBuilder(Questions.of("q")).setText("x".repeat(200)).build();
        try (Clients narrow = new Clients(tight);
                EventProducer small = narrow.producer("small")) {
            CompletableFuture<Void> written = small.send(topic, "q", large);
            assertThat(written).isCompletedExceptionally();
            assertThatThrownBy(small::flush)
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("record q was not written to " + topic.name() + "-0");
            small.flush();
        }
    }

    @Test
    void aRecordWithoutAKeyOrValueIsNotSent() {
        assertThatThrownBy(() -> producer.send(Topics.QUESTIONS, 0, null, Questions.of("q")))
                .hasMessageContaining("needs a key");
        assertThatThrownBy(() -> producer.send(Topics.QUESTIONS, 0, "q", null)).hasMessageContaining("needs a value");
    }

    @Test
    void aBrokerThatIsNotThereIsSaidWithinSeconds() {
        try (Clients nowhere = new Clients(Connection.of("127.0.0.1:1", ""))) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> nowhere.check(Duration.ofSeconds(1)))
                    .hasMessage("no broker at 127.0.0.1:1 within 1.0 s; start one or leave --bootstrap out");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        }
    }

    @Test
    void topicsAreMadeOnceAndKeepTheirSettings() throws Exception {
        clients.createTopics();
        clients.createTopics();
        assertThat(clients.sizes().topics())
                .extracting(TopicSizes.Size::name)
                .containsExactlyElementsOf(Topics.ALL.stream().map(Topic::name).toList());
    }

    @Test
    void confluentsSerdeIsAskedForByNameWhereItIsAbsent() {
        Connection confluent = new Connection(
                TestLog.connection().bootstrap(),
                TestLog.connection().registry(),
                Map.of(Connection.SERDE, "confluent"));
        try (Clients others = new Clients(confluent)) {
            assertThatThrownBy(() -> others.serde(Topics.QUESTIONS))
                    .hasMessageContaining("io.confluent.kafka.serializers.KafkaAvroSerializer cannot be loaded")
                    .hasMessageContaining("set it to builtin");
        }
    }

    private List<Rejection> rejectionsOf(Topic<?> topic, int count) {
        List<Rejection> found = new ArrayList<>();
        try (EventConsumer<Rejection> consumer = clients.assign(Topics.REJECTIONS, "test")) {
            await().atMost(WAIT).until(() -> {
                consumer.poll(POLL).stream()
                        .map(Event::value)
                        .filter(rejection -> rejection.getTopic().equals(topic.name()))
                        .forEach(found::add);
                return found.size() >= count;
            });
        }
        return found;
    }

    private static void writeRaw(Topic<?> topic, String key, byte[] value) throws Exception {
        byte[] bytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        try (var plain = new KafkaProducer<byte[], byte[]>(Settings.producer(TestLog.connection(), "plain"))) {
            plain.send(new ProducerRecord<>(topic.name(), 0, bytes, value)).get();
        }
    }

    private static <V extends SpecificRecord> List<Event<V>> read(EventConsumer<V> consumer, int count) {
        List<Event<V>> events = new ArrayList<>();
        await().atMost(WAIT).until(() -> {
            events.addAll(consumer.poll(POLL));
            return events.size() >= count;
        });
        return events;
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "q" + i).toList();
    }

    private static final class Owned implements Assignments {
        private final Set<Integer> owned = new HashSet<>();

        @Override
        public void revoked(Set<Integer> partitions) {
            owned.removeAll(partitions);
        }

        @Override
        public void assigned(Set<Integer> partitions) {
            owned.addAll(partitions);
        }
    }
}
