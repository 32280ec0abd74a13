package dev.seine.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.seine.event.Question;
import dev.seine.event.Rejection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

final class TraceTest {
    /** The example of the W3C recommendation. */
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final List<SpanData> spans = new CopyOnWriteArrayList<>();
    private final SdkTracerProvider tracing = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(new Collected()))
            .build();
    private final Telemetry telemetry = new Telemetry(new SimpleMeterRegistry(), tracing.get("test"));
    private final Clients clients = new Clients(TestLog.connection(), telemetry);

    /** Keeps what a collector would be sent. */
    private final class Collected implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> sent) {
            spans.addAll(sent);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    @AfterEach
    void close() {
        clients.close();
        tracing.close();
    }

    private static Trace trace(String parent) {
        return Trace.of(new RecordHeaders().add("traceparent", parent.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void theHeaderIsThatOfTheRecommendation() {
        assertThat(trace(PARENT).id()).isEqualTo(ID);
        RecordHeaders written = new RecordHeaders();
        trace(PARENT).into(written);
        assertThat(new String(written.lastHeader("traceparent").value(), StandardCharsets.UTF_8))
                .isEqualTo(PARENT);
        Trace.NONE.into(written);
        assertThat(written.toArray()).hasSize(1);
    }

    @Test
    void aHeaderThatIsMalformedIsNone() {
        for (String bad :
                List.of("", "nonsense", PARENT.replace('4', 'x'), PARENT.substring(0, 40), "x".repeat(10_000))) {
            assertThat(trace(bad)).as(bad).isEqualTo(Trace.NONE);
        }
        assertThat(Trace.of(new RecordHeaders().add("traceparent", null))).isEqualTo(Trace.NONE);
    }

    @Test
    void whatIsWrittenWithinATraceBelongsToIt() {
        Topic<Question> topic = TestLog.fresh(clients, Question.class, 1);
        try (EventProducer producer = clients.producer("writer")) {
            trace(PARENT).within(() -> producer.send(topic, "within", Questions.of("within")));
            producer.send(topic, "without", Questions.of("without"));
        }
        try (EventConsumer<Question> reader = clients.assign(topic, "reader")) {
            List<Event<Question>> events = reader.readToEnd();
            assertThat(events).extracting(event -> event.trace().id()).containsExactly(ID, "");
        }
    }

    @Test
    void aQuestionBeginsATraceUnlessItsWriterIsInOne() {
        clients.createTopics();
        try (EventProducer producer = clients.producer("writer")) {
            producer.send(Topics.QUESTIONS, 0, "first", Questions.of("first"));
            producer.send(Topics.QUESTIONS, 0, "second", Questions.of("second"));
            trace(PARENT).within(() -> producer.send(Topics.QUESTIONS, 0, "asked", Questions.of("asked")));
        }
        try (EventConsumer<Question> reader = clients.assign(Topics.QUESTIONS, "reader")) {
            List<String> ids =
                    reader.readToEnd().stream().map(event -> event.trace().id()).toList();
            assertThat(ids)
                    .hasSize(3)
                    .doesNotHaveDuplicates()
                    .doesNotContain("")
                    .endsWith(ID);
        }
    }

    @Test
    void aSpanIsOfItsTraceAndHasItsTimes() {
        telemetry.span("rollout", trace(PARENT), 1_000, 2_500);
        telemetry.span("rollout", Trace.NONE, 1_000, 2_500); // nothing to belong to
        assertThat(spans).singleElement().satisfies(span -> {
            assertThat(span.getName()).isEqualTo("rollout");
            assertThat(span.getTraceId()).isEqualTo(ID);
            assertThat(span.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
            assertThat(span.getEndEpochNanos() - span.getStartEpochNanos()).isEqualTo(1_500_000_000L);
        });
    }

    @Test
    void theLogKnowsTheTraceWhileItIsWorkedOn() {
        MDC.put(Trace.LOG_KEY, "outer");
        trace(PARENT).within(() -> {
            assertThat(MDC.get(Trace.LOG_KEY)).isEqualTo(ID);
            assertThat(Trace.current().id()).isEqualTo(ID);
        });
        assertThat(MDC.get(Trace.LOG_KEY)).isEqualTo("outer");
        assertThat(Trace.current()).isEqualTo(Trace.NONE);
        MDC.remove(Trace.LOG_KEY);
    }

    @Test
    void aRejectionIsCountedAndBelongsToTheTraceOfWhatWasRefused() {
        clients.createTopics();
        Topic<Question> topic = TestLog.fresh(clients, Question.class, 1);
        try (var plain = new KafkaProducer<byte[], byte[]>(Settings.producer(TestLog.connection(), "plain"))) {
            var junk = new ProducerRecord<>(topic.name(), 0, new byte[1], new byte[1]);
            junk.headers().add("traceparent", PARENT.getBytes(StandardCharsets.UTF_8));
            var unused = plain.send(junk);
        }
        try (EventConsumer<Question> reader = clients.assign(topic, "reader");
                EventConsumer<Rejection> refused = clients.assign(Topics.REJECTIONS, "test")) {
            await().until(() -> reader.poll(Duration.ofMillis(50)).isEmpty() && reader.rejected() == 1);
            assertThat(refused.readToEnd())
                    .filteredOn(event -> event.value().getTopic().equals(topic.name()))
                    .extracting(event -> event.trace().id())
                    .containsExactly(ID);
            // a topic that is not on the list must not become a label of its own
            assertThat(Metric.REJECTIONS.counted(telemetry.meters(), "other").count())
                    .isEqualTo(1);
        }
    }

    @Test
    void lagIsWhatIsWrittenAndNotRead() {
        Topic<Question> topic = TestLog.fresh(clients, Question.class, 2);
        try (EventProducer producer = clients.producer("writer")) {
            for (int i = 0; i < 1_200; i++) {
                producer.send(topic, i % 2, "q", Questions.of("q"));
            }
        }
        Map<String, Object> settings = Settings.consumer(TestLog.connection(), "lagging");
        try (var consumer = new KafkaConsumer<byte[], byte[]>(settings)) {
            consumer.assign(List.of(new TopicPartition(topic.name(), 0), new TopicPartition(topic.name(), 1)));
            int[] read = {0};
            await().until(() -> {
                read[0] += consumer.poll(Duration.ofMillis(100)).count();
                return read[0] >= 1_000;
            });
            // at most 500 a poll: 1,200 written, so some are left unless all were read
            assertThat(ConsumerLag.of(consumer.metrics(), topic)).isEqualTo(1_200 - read[0]);
            assertThat(ConsumerLag.of(consumer.metrics(), Topics.WEIGHTS)).isZero();
        }
    }
}
