package dev.seine.streams.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.event.Feedback;
import dev.seine.event.Question;
import dev.seine.event.Rejection;
import dev.seine.event.Verdict;
import dev.seine.streams.PlainSerdes;
import dev.seine.streams.TopicSerdes;
import dev.seine.streams.TopologyOptions.Store;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FeedbackTopologyTest {
    private static final TopicSerdes SERDES = new PlainSerdes();
    private static final long MINUTE = 60_000;
    private static final Duration WINDOW = Duration.ofMinutes(60);

    @TempDir
    Path folder;

    private TopologyTestDriver driver;
    private FeedbackCounters counters;

    @AfterEach
    void close() {
        if (driver != null) {
            driver.close();
        }
    }

    @Test
    void anAnswerCalledRightBecomesAQuestionWithThatAnswer() {
        start(FeedbackUse.QUESTIONS);
        answer("a", 0, "Lyon");
        say("a", MINUTE, Verdict.RIGHT, "");
        Question made = questions().get("a");
        assertThat(made.getId()).isEqualTo("feedback-a");
        assertThat(made.getText()).isEqualTo("Question a?");
        assertThat(made.getAnswers()).containsExactly("Lyon");
        assertThat(made.getSource()).isEqualTo("feedback");
        assertThat(made.getSeq()).isEqualTo(-1);
        assertThat(made.getRefuted()).isEmpty();
    }

    @Test
    void aCorrectedAnswerTakesThePlaceOfTheOneGiven() {
        start(FeedbackUse.QUESTIONS);
        answer("a", 0, "Lyon");
        say("a", MINUTE, Verdict.CORRECTED, " Paris ");
        Question made = questions().get("a");
        assertThat(made.getAnswers()).containsExactly("Paris");
        assertThat(made.getRefuted()).isEmpty();
    }

    @Test
    void aWrongAnswerIsRefutedWhereFeedbackIsReward() {
        start(FeedbackUse.REWARD);
        answer("a", 0, "Lyon");
        say("a", MINUTE, Verdict.WRONG, "");
        Question made = questions().get("a");
        assertThat(made.getAnswers()).isEmpty();
        assertThat(made.getRefuted()).containsExactly("Lyon");
    }

    @Test
    void nothingIsMadeWhereNothingIsToBe() {
        start(FeedbackUse.IGNORE);
        answer("a", 0, "Lyon");
        say("a", MINUTE, Verdict.RIGHT, "");
        assertThat(questions()).isEmpty();
        assertThat(counters.counts().joined()).isEqualTo(1);
    }

    @Test
    void feedbackBeforeTheAnswersEndWaitsForIt() {
        start(FeedbackUse.QUESTIONS);
        begin("a", 0);
        say("a", 1, Verdict.RIGHT, "");
        assertThat(questions()).isEmpty();
        end("a", MINUTE, AnswerEventKind.FINISHED, "Lyon");
        assertThat(questions().get("a").getAnswers()).containsExactly("Lyon");
    }

    @Test
    void feedbackThatOvertakesItsAnswerIsJoinedToo() {
        start(FeedbackUse.QUESTIONS);
        say("a", 1, Verdict.RIGHT, "");
        answer("a", MINUTE, "Lyon");
        assertThat(questions()).containsKey("a");
    }

    @Test
    void theWindowClosesAfterAnHour() {
        start(FeedbackUse.QUESTIONS);
        answer("a", 0, "Lyon");
        answer("b", 0, "Lyon");
        say("a", 60 * MINUTE, Verdict.RIGHT, "");
        say("b", 60 * MINUTE + 1, Verdict.RIGHT, "");
        assertThat(questions()).containsOnlyKeys("a");
        assertThat(refusals()).containsExactly("feedback 'b': it came PT0.001S after the window of PT1H had closed");
        assertThat(counters.counts().rejected()).isEqualTo(1);
    }

    @Test
    void theLastWordCountsAndTheSameWordChangesNothing() {
        start(FeedbackUse.QUESTIONS);
        answer("a", 0, "Lyon");
        say("a", 1, Verdict.RIGHT, "");
        say("a", 2, Verdict.RIGHT, "");
        assertThat(written()).hasSize(1);
        say("a", 3, Verdict.CORRECTED, "Paris");
        say("a", 4, Verdict.WRONG, "");
        // The correction replaces the confirmation; that it is wrong after all withdraws both.
        List<TestRecord<String, Question>> written = written();
        assertThat(written.get(0).value().getAnswers()).containsExactly("Paris");
        assertThat(written.get(1).value()).isNull();
        // 4 received: 3 joined, 1 repeated
        assertThat(counters.counts()).isEqualTo(new FeedbackCounters.Counts(4, 3, 1, 0, 0, 0, 2, 1));
    }

    @Test
    void aLateWordDoesNotTakeBackTheOneBefore() {
        start(FeedbackUse.QUESTIONS);
        answer("a", 0, "Lyon");
        say("a", 1, Verdict.RIGHT, "");
        say("a", 61 * MINUTE, Verdict.WRONG, "");
        assertThat(questions()).containsKey("a");
    }

    @Test
    void deletionWithdrawsWhatWasMadeEvenWhenTheAnswerIsForgotten() {
        start(FeedbackUse.QUESTIONS);
        answer("a", 0, "Lyon");
        say("a", 1, Verdict.RIGHT, "");
        answer("b", 500 * MINUTE, "Lyon");
        answer("c", 600 * MINUTE, "Lyon");
        assertThat(entries("said")).isZero();
        assertThat(entries("asked")).isEqualTo(1);
        assertThat(questions()).containsKey("a");
        delete("a", 601 * MINUTE);
        assertThat(written()).singleElement().satisfies(gone -> {
            assertThat(gone.key()).isEqualTo("a");
            assertThat(gone.value()).isNull();
        });
    }

    @Test
    void feedbackOnNoKnownAnswerIsRefusedWhenItsWindowHasClosed() {
        start(FeedbackUse.QUESTIONS);
        say("nothing", 0, Verdict.RIGHT, "");
        answer("a", 100 * MINUTE, "Lyon");
        answer("b", 200 * MINUTE, "Lyon");
        assertThat(refusals())
                .containsExactly("feedback 'nothing': no answer of this id has ended, or it is forgotten");
    }

    @Test
    void aFailedAnswerCannotBeJudged() {
        start(FeedbackUse.REWARD);
        begin("a", 0);
        end("a", 1, AnswerEventKind.FAILED, "no brokers");
        say("a", 2, Verdict.WRONG, "");
        assertThat(refusals()).containsExactly("feedback 'a': this answer failed: there is nothing to judge");
        assertThat(questions()).isEmpty();
    }

    @Test
    void whatIsTooLongEmptyOrUnreadableIsRefusedWithoutACopy() {
        start(FeedbackUse.QUESTIONS);
        answer("a", 0, "Lyon");
        say("a", 1, Verdict.CORRECTED, "x".repeat(101));
        say("a", 2, Verdict.CORRECTED, " ");
        pipe(Topics.FEEDBACK, "a", new byte[] {1}, 3);
        List<Rejection> refused =
                read(Topics.REJECTIONS).stream().map(TestRecord::value).toList();
        assertThat(refused)
                .extracting(Rejection::getCause)
                .containsExactly(
                        "feedback 'a': correction must have at most 100 characters, got 101",
                        "feedback 'a': a corrected answer must not be empty",
                        "feedback event 'a' cannot be read: not a Feedback");
        assertThat(refused)
                .allMatch(each -> each.getValue() == null && each.getTopic().equals("feedback"));
        assertThat(counters.counts().received()).isEqualTo(3);
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    /** Answers, feedback, repetitions and deletions in any order: nothing is lost, and what stands at the end is the last word. */
    @ParameterizedTest
    @MethodSource("seeds")
    void allFeedbackIsAccountedForWhateverTheOrder(long seed) {
        start(FeedbackUse.QUESTIONS);
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Boolean> right = new LinkedHashMap<>();
        Map<String, Boolean> ended = new LinkedHashMap<>();
        for (int i = 0; i < 300; i++) {
            String id = "a" + random.nextInt(12);
            switch (random.nextInt(5)) {
                case 0 -> {
                    if (ended.put(id, true) == null) {
                        answer(id, i, "Lyon");
                    }
                }
                case 1 -> {
                    delete(id, i);
                    right.remove(id);
                }
                default -> {
                    boolean yes = random.nextBoolean();
                    say(id, i, yes ? Verdict.RIGHT : Verdict.WRONG, "");
                    right.put(id, yes);
                }
            }
        }
        List<String> standing = new ArrayList<>(questions().keySet());
        assertThat(standing)
                .containsExactlyInAnyOrderElementsOf(right.keySet().stream()
                        .filter(id -> right.get(id) && ended.containsKey(id))
                        .toList());
        long waiting =
                right.keySet().stream().filter(id -> !ended.containsKey(id)).count();
        FeedbackCounters.Counts counts = counters.counts();
        assertThat(counts.received())
                .isEqualTo(counts.joined() + counts.repeated() + counts.superseded() + counts.rejected() + waiting);
    }

    private void start(FeedbackUse use) {
        counters = new FeedbackCounters();
        Properties properties = new Properties();
        properties.put("application.id", "test");
        properties.put("bootstrap.servers", "none:1");
        properties.put("state.dir", folder.toString());
        FeedbackConfig config = new FeedbackConfig(use, WINDOW, 100, 1000, 1);
        driver = new TopologyTestDriver(
                FeedbackTopology.build(config, Store.MEMORY, SERDES, counters), properties, Instant.ofEpochMilli(0));
    }

    private void answer(String id, long atMs, String text) {
        begin(id, atMs);
        end(id, atMs, AnswerEventKind.FINISHED, text);
    }

    private void begin(String id, long atMs) {
        Question question = Question.newBuilder()
                .setId(id)
                .setText("Question " + id + "?")
                .setSource("live")
                .setAtMs(atMs)
                .build();
        pipe(Topics.QUESTIONS, id, bytes(Topics.QUESTIONS, question), atMs);
    }

    /** The text in two parts, as it is written. */
    private void end(String id, long atMs, AnswerEventKind kind, String text) {
        step(id, atMs, AnswerEventKind.STARTED, "");
        step(id, atMs, AnswerEventKind.TEXT, text.substring(0, 2));
        step(id, atMs, AnswerEventKind.TEXT, text.substring(2));
        step(id, atMs, kind, "");
    }

    private void step(String id, long atMs, AnswerEventKind kind, String text) {
        AnswerEvent event = AnswerEvent.newBuilder()
                .setAnswerId(id)
                .setQuestionId(id)
                .setIndex(0)
                .setKind(kind)
                .setText(text)
                .setAtMs(atMs)
                .build();
        pipe(Topics.ANSWER_EVENTS, id, bytes(Topics.ANSWER_EVENTS, event), atMs);
    }

    private void say(String id, long atMs, Verdict verdict, String correction) {
        Feedback said = Feedback.newBuilder()
                .setAnswerId(id)
                .setVerdict(verdict)
                .setCorrection(correction)
                .setAtMs(atMs)
                .build();
        pipe(Topics.FEEDBACK, id, bytes(Topics.FEEDBACK, said), atMs);
    }

    private void delete(String id, long atMs) {
        pipe(Topics.FEEDBACK, id, null, atMs);
    }

    private void pipe(Topic<?> topic, String key, byte[] value, long atMs) {
        driver.createInputTopic(topic.name(), new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(key.getBytes(StandardCharsets.UTF_8), value, Instant.ofEpochMilli(atMs));
    }

    private static <V extends SpecificRecord> byte[] bytes(Topic<V> topic, V value) {
        return SERDES.serde(topic).serializer().serialize(topic.name(), value);
    }

    private List<TestRecord<String, Question>> written() {
        return read(Topics.FEEDBACK_QUESTIONS);
    }

    /** As a reader of the compacted topic sees what was written since the last call. */
    private Map<String, Question> questions() {
        Map<String, Question> table = new LinkedHashMap<>();
        written().forEach(each -> {
            if (each.value() == null) {
                table.remove(each.key());
            } else {
                table.put(each.key(), each.value());
            }
        });
        return table;
    }

    private List<String> refusals() {
        return read(Topics.REJECTIONS).stream()
                .map(each -> each.value().getCause())
                .toList();
    }

    private <V extends SpecificRecord> List<TestRecord<String, V>> read(Topic<V> topic) {
        return driver.createOutputTopic(
                        topic.name(),
                        new StringDeserializer(),
                        SERDES.serde(topic).deserializer())
                .readRecordsToList();
    }

    private long entries(String store) {
        long[] count = {0};
        try (var all = driver.getKeyValueStore(store).all()) {
            all.forEachRemaining(each -> count[0]++);
        }
        return count[0];
    }
}
