package dev.seine.producers.questions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.event.Question;
import dev.seine.producers.Cluster;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class QuestionPublisherTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(42), ZoneOffset.UTC);
    private static final List<QuestionDraft> DRAFTS = IntStream.range(0, 5)
            .mapToObj(i -> new QuestionDraft("q" + i, "Question " + i + "?", List.of("a" + i), "test", "train", 1))
            .toList();

    private final String policy = Cluster.freshPolicy();
    private Clients clients;

    @BeforeEach
    void empty() throws Exception {
        clients = Cluster.empty();
    }

    private QuestionPublisher publisher(PublisherConfig config) {
        return new QuestionPublisher(clients, policy, DRAFTS, config, CLOCK);
    }

    private void version(long version) {
        Cluster.publish(clients, Cluster.weights(policy, version, version == 0 ? "cold-start" : "rl"));
    }

    private static void runTo(QuestionPublisher publisher, long next) {
        Cluster.until(() -> {
            publisher.step();
            return publisher.next() == next;
        });
        assertThat(publisher.step()).isZero();
    }

    private List<Question> published() {
        return Cluster.all(clients, Topics.QUESTIONS).stream().map(Event::value).toList();
    }

    private static List<Long> seqs(long end) {
        return LongStream.range(0, end).boxed().toList();
    }

    @Test
    void nothingIsPublishedBeforeTheFirstWeightsAndThenOnlyTheWindow() {
        PublisherConfig config = new PublisherConfig(4, 1, 3, 1, 0, 7, 0);
        try (QuestionPublisher publisher = publisher(config)) {
            assertThat(publisher.step()).isZero();
            assertThat(published()).isEmpty();
            version(0);
            runTo(publisher, 6); // steps 0 and 1, 3 questions each
            version(1);
            runTo(publisher, 9);
        }
        assertThat(published()).extracting(Question::getSeq).containsExactlyInAnyOrderElementsOf(seqs(9));
        assertThat(published()).allSatisfy(question -> {
            assertThat(question.getEpoch()).isEqualTo((int) (question.getSeq() / 5));
            assertThat(question.getGroupSize()).isEqualTo(4);
            assertThat(question.getClosedBook()).isEqualTo(1);
            assertThat(question.getAtMs()).isEqualTo(42);
        });
        assertThat(published().stream().filter(q -> q.getEpoch() == 0).map(Question::getId))
                .containsExactlyInAnyOrder("q0", "q1", "q2", "q3", "q4");
    }

    @Test
    void itStopsAfterTheLastStep() {
        try (QuestionPublisher publisher = publisher(new PublisherConfig(1, 0, 2, 0, 3, 7, 0))) {
            version(2); // step 2 is the last of 3
            runTo(publisher, 6);
            version(50);
            runTo(publisher, 6);
        }
        // The learner at version 2 has consumed seqs 0..3.
        assertThat(published()).extracting(Question::getSeq).containsExactlyInAnyOrder(4L, 5L);
    }

    @Test
    void aRestartedPublisherGoesOnWithoutDoubles() {
        PublisherConfig config = new PublisherConfig(4, 0, 4, 0, 0, 7, 0);
        version(0);
        try (QuestionPublisher publisher = publisher(config)) {
            runTo(publisher, 4);
        }
        try (QuestionPublisher publisher = publisher(config)) {
            runTo(publisher, 4);
            version(1);
            runTo(publisher, 8);
        }
        assertThat(published()).extracting(Question::getSeq).containsExactlyInAnyOrderElementsOf(seqs(8));
        TrainingOrder order = new TrainingOrder(7, 5);
        assertThat(published()).allSatisfy(q -> assertThat(q.getId()).isEqualTo("q" + order.index(q.getSeq())));
    }

    @Test
    void aSeqThatACrashLeftOutIsFilledIn() {
        version(0);
        PublisherConfig config = new PublisherConfig(1, 0, 4, 0, 0, 7, 0);
        try (EventProducer producer = clients.producer("test")) {
            for (long seq : List.of(-1L, 0L, 2L)) {
                producer.send(
                        Topics.QUESTIONS,
                        "q" + seq,
                        Question.newBuilder()
                                .setId("q" + seq)
                                .setText("there")
                                .setSource("test")
                                .setSeq(seq)
                                .setAtMs(0)
                                .build());
            }
        }
        try (QuestionPublisher publisher = publisher(config)) {
            runTo(publisher, 4);
        }
        assertThat(published()).extracting(Question::getSeq).containsExactlyInAnyOrder(-1L, 0L, 1L, 2L, 3L);
    }

    @Test
    void weightsOfOtherPoliciesAdmitNothing() {
        // version 9 would admit 10 questions, version 0 admits 1
        Cluster.publish(clients, Cluster.weights(Cluster.freshPolicy(), 9, "rl"));
        Cluster.publish(clients, Cluster.weights(policy, 0, "cold-start"));
        try (QuestionPublisher publisher = publisher(new PublisherConfig(1, 0, 1, 0, 0, 7, 0))) {
            runTo(publisher, 1);
            for (int i = 0; i < 50; i++) {
                assertThat(publisher.step()).isZero();
            }
        }
        assertThat(published()).hasSize(1);
    }

    @Test
    void feedbackTakesTheLastPlaceOfAStepOnceAlsoAcrossARestart() {
        PublisherConfig config = new PublisherConfig(4, 0, 2, 1, 0, 7, 1);
        feedback("f1");
        feedback("f2");
        feedback("f3");
        try (EventProducer producer = clients.producer("test")) {
            producer.delete(Topics.FEEDBACK_QUESTIONS, "f2");
        }
        version(0);
        try (QuestionPublisher publisher = publisher(config)) {
            runTo(publisher, 4); // places 1 and 3 are free for it
        }
        try (QuestionPublisher publisher = publisher(config)) {
            version(1);
            runTo(publisher, 6);
        }
        assertThat(published()).extracting(Question::getSeq).containsExactlyInAnyOrderElementsOf(seqs(6));
        TrainingOrder order = new TrainingOrder(7, 5);
        assertThat(published().stream().filter(q -> q.getSeq() % 2 == 0 || q.getSeq() == 5))
                .allSatisfy(q -> assertThat(q.getId()).isEqualTo("q" + order.index(q.getSeq())));
        assertThat(published().stream().filter(q -> q.getSeq() == 1 || q.getSeq() == 3))
                .extracting(Question::getId)
                .containsExactlyInAnyOrder("feedback-f1", "feedback-f3");
        assertThat(published()).allMatch(q -> q.getGroupSize() == 4);
    }

    private void feedback(String answerId) {
        try (EventProducer producer = clients.producer("test")) {
            producer.send(
                    Topics.FEEDBACK_QUESTIONS,
                    answerId,
                    Question.newBuilder()
                            .setId("feedback-" + answerId)
                            .setText("Which?")
                            .setAnswers(List.of("this"))
                            .setSource("feedback")
                            .setAtMs(0)
                            .build());
        }
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        assertThatThrownBy(() -> new PublisherConfig(0, 0, 1, 0, 0, 0, 0))
                .hasMessage("publisher.group-size must be at least 1, got 0");
        assertThatThrownBy(() -> new PublisherConfig(2, 3, 1, 0, 0, 0, 0))
                .hasMessage("publisher.closed-book must be at most the group size 2, got 3");
    }
}
