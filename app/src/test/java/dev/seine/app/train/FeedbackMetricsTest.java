package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.seine.app.operations.Operations;
import dev.seine.app.operations.Scrape;
import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.event.Feedback;
import dev.seine.event.Question;
import dev.seine.event.Verdict;
import dev.seine.schemas.LiveQuestions;
import dev.seine.streams.feedback.FeedbackApp;
import dev.seine.streams.feedback.FeedbackConfig;
import dev.seine.streams.feedback.FeedbackUse;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that joins feedback shows of it, on a real broker. */
class FeedbackMetricsTest {
    private static final Duration WINDOW = Duration.ofHours(1);

    @TempDir
    private Path dir;

    private final long ended = System.currentTimeMillis();

    @Test
    void whatBecomesOfFeedbackIsCounted() {
        FeedbackConfig config = new FeedbackConfig(FeedbackUse.QUESTIONS, WINDOW, 100, 100, 1);
        try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("kafka"));
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrap());
                Operations operations = Operations.on("127.0.0.1", 0);
                Clients clients =
                        new Clients(Connection.of(broker.bootstrap(), registry.url()), operations.telemetry())) {
            clients.createTopics();
            try (EventProducer producer = clients.producer("test")) {
                for (String id : new String[] {"joined", "late", "withdrawn"}) {
                    answered(producer, id);
                }
                say(producer, "joined", Verdict.RIGHT, ended + 1);
                say(producer, "joined", Verdict.RIGHT, ended + 2);
                say(producer, "late", Verdict.RIGHT, ended + WINDOW.toMillis() + 1);
                say(producer, "withdrawn", Verdict.RIGHT, ended + 1);
                producer.delete(Topics.FEEDBACK, "withdrawn");
            }
            try (FeedbackApp app = FeedbackApp.start(clients, config, "feedback-test", dir.resolve("state"))) {
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                    app.step();
                    Scrape scrape = Scrape.of(operations);
                    assertThat(scrape.sum("seine_feedback_received_total")).isEqualTo(4);
                    assertThat(outcome(scrape, "repeated")).isEqualTo(1);
                    assertThat(outcome(scrape, "rejected")).isEqualTo(1);
                    assertThat(scrape.sum("seine_rejections_total", "topic=\"feedback\""))
                            .isEqualTo(1);
                    assertThat(outcome(scrape, "deleted")).isEqualTo(1);
                    // Said of an answer whose end was not read yet, and deleted before it was, it is superseded.
                    assertThat(outcome(scrape, "joined") + outcome(scrape, "superseded"))
                            .isEqualTo(2);
                    assertThat(scrape.sum("seine_feedback_questions_total", "what=\"made\""))
                            .isEqualTo(outcome(scrape, "joined"));
                    assertThat(scrape.sum("seine_feedback_questions_total", "what=\"withdrawn\""))
                            .isEqualTo(1);
                });
            }
        }
    }

    private static double outcome(Scrape scrape, String outcome) {
        return scrape.sum("seine_feedback_outcomes_total", "outcome=\"" + outcome + "\"");
    }

    private void answered(EventProducer producer, String id) {
        producer.send(
                Topics.QUESTIONS,
                id,
                Question.newBuilder()
                        .setId(id)
                        .setText("Where is Oslo?")
                        .setSource(LiveQuestions.SOURCE)
                        .setAtMs(ended - 10)
                        .build());
        tell(producer, id, AnswerEventKind.TEXT, "Norway");
        tell(producer, id, AnswerEventKind.FINISHED, "Norway");
    }

    private void tell(EventProducer producer, String id, AnswerEventKind kind, String text) {
        producer.send(
                Topics.ANSWER_EVENTS,
                id,
                AnswerEvent.newBuilder()
                        .setAnswerId(id)
                        .setQuestionId(id)
                        .setIndex(kind == AnswerEventKind.TEXT ? 0 : 1)
                        .setKind(kind)
                        .setText(text)
                        .setAtMs(ended)
                        .build());
    }

    private static void say(EventProducer producer, String id, Verdict verdict, long atMs) {
        producer.send(
                Topics.FEEDBACK,
                id,
                Feedback.newBuilder()
                        .setAnswerId(id)
                        .setVerdict(verdict)
                        .setAtMs(atMs)
                        .build());
    }
}
