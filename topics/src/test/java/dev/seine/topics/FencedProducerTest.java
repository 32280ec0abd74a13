package dev.seine.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.event.Question;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FencedProducerTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    static Path dir;

    private static EmbeddedBroker broker;
    private static EmbeddedRegistry registry;
    private static Clients clients;
    private static int tests;

    private String id;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(dir);
        registry = EmbeddedRegistry.start(broker.bootstrap());
        clients = new Clients(Connection.of(broker.bootstrap(), registry.url()));
        clients.createTopics();
    }

    @AfterAll
    static void stop() {
        clients.close();
        registry.close();
        broker.close();
    }

    @BeforeEach
    void name() {
        id = "writer-" + tests++;
    }

    private static Question question(String id) {
        return Questions.of(id);
    }

    /** Questions of this test that can be read; waits for open transactions. */
    private List<String> readable() {
        try (EventConsumer<Question> reader = clients.assign(Topics.QUESTIONS, "test")) {
            return reader.readToEnd().stream()
                    .map(Event::key)
                    .filter(key -> key.startsWith(id))
                    .toList();
        }
    }

    @Test
    void whatIsNotCommittedCannotBeReadAndOfWhatIsAbortedNothingRemains() {
        try (FencedProducer producer = clients.fenced(id, id, LONG)) {
            producer.send(Topics.QUESTIONS, id + "a", question(id + "a"));
            producer.abort();
            assertThat(producer.pending()).isFalse();
            producer.send(Topics.QUESTIONS, id + "b", question(id + "b"));
            assertThat(producer.pending()).isTrue();
            try (EventConsumer<Question> reader = clients.assign(Topics.QUESTIONS, "test")) {
                producer.flush();
                // The end that can be read lies before the end that is written.
                assertThat(reader.endOffsets()).isNotEqualTo(reader.writtenOffsets());
            }
            producer.commit();
        }
        assertThat(readable()).containsExactly(id + "b");
    }

    @Test
    void theNewerOfTwoProducersOfOneIdCutsTheOlderOff() {
        try (FencedProducer older = clients.fenced(id, "older", LONG)) {
            older.send(Topics.QUESTIONS, id + "a", question(id + "a"));
            try (FencedProducer newer = clients.fenced(id, "newer", LONG)) {
                assertThatThrownBy(older::commit)
                        .isInstanceOf(Fenced.class)
                        .hasMessageContaining("older: another process writes as '" + id + "'");
                newer.send(Topics.QUESTIONS, id + "b", question(id + "b"));
                newer.commit();
            }
        }
        assertThat(readable()).containsExactly(id + "b");
    }

    @Test
    void offsetsAreCommittedWithTheRecordsAndOnlyForAMemberOfTheGroup() {
        // A member that does not poll for a second has left its group.
        Connection hasty = new Connection(broker.bootstrap(), registry.url(), Map.of("max.poll.interval.ms", "1000"));
        try (FencedProducer producer = clients.fenced(id, id, LONG);
                Clients impatient = new Clients(hasty)) {
            EventConsumer<Question> member = impatient.subscribe(Topics.QUESTIONS, id, id, Assignments.IGNORED);
            while (member.partitions().size() < Topics.QUESTIONS.partitions()) {
                member.poll(Duration.ofMillis(10));
            }
            // So that no look at the group's offsets is under way; other facts may have left records here, which are
            // read.
            assertThat(member.positions()).containsKey(0);
            producer.send(Topics.QUESTIONS, id + "a", question(id + "a"));
            Bookmark place = new Bookmark(1, "said to who reads on");
            assertThat(producer.commit(member, Map.of(0, place))).isTrue();
            member.rewind();
            assertThat(member.bookmarks()).containsExactly(Map.entry(0, place));
            assertThat(member.positions().get(0)).isEqualTo(1);

            EventConsumer<Question> other = clients.subscribe(Topics.QUESTIONS, id, "other", Assignments.IGNORED);
            while (other.partitions().size() < Topics.QUESTIONS.partitions()) {
                other.poll(Duration.ofMillis(10));
            }
            producer.send(Topics.QUESTIONS, id + "b", question(id + "b"));
            assertThat(producer.commit(member, Map.of(0, Bookmark.at(2)))).isFalse();
            assertThat(producer.pending()).isFalse();
            other.close();
            member.close();
        }
        assertThat(readable()).containsExactly(id + "a");
    }
}
