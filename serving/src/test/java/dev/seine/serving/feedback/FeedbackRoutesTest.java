package dev.seine.serving.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.Feedback;
import dev.seine.event.Rejection;
import dev.seine.event.Verdict;
import dev.seine.serving.http.HttpConfig;
import dev.seine.serving.http.HttpServer;
import dev.seine.serving.http.KeyFile;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedbackRoutesTest {
    @TempDir
    Path dir;

    private final Written written = new Written();
    private HttpServer server;

    @BeforeEach
    void start() {
        HttpConfig config = new HttpConfig("127.0.0.1", 0, 65_536, 20, 0, 1, Duration.ofSeconds(10));
        server = HttpServer.start(
                config,
                new KeyFile(dir.resolve("keys")),
                List.of(new FeedbackRoutes(written, 10, 20, () -> Instant.ofEpochMilli(42))));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aCorrectionIsWrittenUnderTheAnswersIdWithWhoGaveIt() throws Exception {
        HttpResponse<String> answer =
                say("{'answer_id':'ans_1','verdict':'corrected','correction':' Paris ','comment':'c'}");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body())
                .isEqualTo("{\"object\":\"feedback\",\"answer_id\":\"ans_1\",\"verdict\":\"corrected\"}");
        assertThat(written.said)
                .containsExactly(Feedback.newBuilder()
                        .setAnswerId("ans_1")
                        .setVerdict(Verdict.CORRECTED)
                        .setCorrection("Paris")
                        .setComment("c")
                        .setBy("local")
                        .setAtMs(42)
                        .build());
    }

    @Test
    void deletionWritesARecordWithoutAValue() throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(server.url() + "v1/feedback/ans_1"))
                .DELETE());
        assertThat(answer.body())
                .isEqualTo("{\"object\":\"feedback.deleted\",\"answer_id\":\"ans_1\",\"deleted\":true}");
        assertThat(written.deleted).containsExactly("ans_1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "answer_id  | {'verdict':'right'}",
                "answer_id  | {'answer_id':'a\\u0007','verdict':'right'}",
                "answer_id  | {'answer_id':7,'verdict':'right'}",
                "verdict    | {'answer_id':'a','verdict':'maybe'}",
                "verdict    | {'answer_id':'a'}",
                "correction | {'answer_id':'a','verdict':'corrected','correction':'  '}",
                "correction | {'answer_id':'a','verdict':'corrected','correction':'elevenchars'}",
                "comment    | {'answer_id':'a','verdict':'comment'}",
                "comment    | {'answer_id':'a','verdict':'right','comment':'twenty-one characters'}",
            })
    void whatCannotBeFeedbackIsRefusedByTheFieldAtFault(String field, String body) throws Exception {
        HttpResponse<String> answer = say(body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"param\":\"" + field + "\"");
        assertThat(written.said).isEmpty();
    }

    @Test
    void aBodyBeyondWhatFeedbackCanNeedIsTooLarge() throws Exception {
        // 6 * (10 + 20 + 200) + 1024 = 2404 bytes
        assertThat(say("{'comment':'" + "x".repeat(2_404) + "'}").statusCode()).isEqualTo(413);
    }

    private HttpResponse<String> say(String body) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(server.url() + "v1/feedback"))
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Remembers what it is given to write. */
    private static final class Written implements EventProducer {
        final List<Feedback> said = new ArrayList<>();
        final List<String> deleted = new ArrayList<>();

        @Override
        public <V extends SpecificRecord> CompletableFuture<Void> send(Topic<V> topic, String key, V value) {
            return send(topic, 0, key, value);
        }

        @Override
        public <V extends SpecificRecord> CompletableFuture<Void> send(
                Topic<V> topic, int partition, String key, V value) {
            assertThat(topic).isEqualTo(Topics.FEEDBACK);
            Feedback feedback = (Feedback) (Object) value;
            assertThat(key).isEqualTo(feedback.getAnswerId());
            said.add(feedback);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> sendBytes(Topic<?> topic, int partition, byte[] key, byte[] value) {
            assertThat(topic).isEqualTo(Topics.FEEDBACK);
            assertThat(value).isNull();
            deleted.add(new String(key, StandardCharsets.UTF_8));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void reject(Rejection rejection) {
            throw new AssertionError(rejection);
        }

        @Override
        public int partition(Topic<?> topic, String key) {
            return 0;
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
