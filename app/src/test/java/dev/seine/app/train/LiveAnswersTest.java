package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import dev.seine.app.Loop;
import dev.seine.app.operations.Operations;
import dev.seine.app.operations.Scrape;
import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.event.Question;
import dev.seine.event.WeightsPublished;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Sha256;
import dev.seine.policy.Tokenizer;
import dev.seine.producers.generator.AnswerGenerator;
import dev.seine.serving.AnswerService;
import dev.seine.streams.feedback.FeedbackApp;
import dev.seine.streams.feedback.FeedbackConfig;
import dev.seine.streams.feedback.FeedbackUse;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Table;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The answer service as its users meet it: over a real broker, with a small policy that has hardly been trained, by OpenAI's own client. */
class LiveAnswersTest {
    private static final String MODEL = "seine";
    private static final String QUESTION = "What currency is used in the country where Reykjavik is?";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path dir;

    private static Operations operations;
    private static EmbeddedBroker broker;
    private static EmbeddedRegistry registry;
    private static Clients clients;
    private static Tokenizer tokenizer;
    private static AnswerService service;
    private static AnswerGenerator generator;
    private static Loop loop;
    private static OpenAIClient openai;
    private static RunFolder folder;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(dir.resolve("kafka"));
        registry = EmbeddedRegistry.start(broker.bootstrap());
        operations = Operations.on("127.0.0.1", 0);
        clients = new Clients(Connection.of(broker.bootstrap(), registry.url()), operations.telemetry());
        clients.createTopics();
        RunOptions options = new RunOptions();
        options.run = dir.resolve("run");
        options.settings = EndToEndTest.SMALL;
        folder = options.folder().create();
        RunConfig config = options.fresh(
                List.of("serve.http.port=0", "serve.http.requests-per-minute=0", "serve.temperature=0.9"));
        new Preparation(folder, config, line -> {}).run(null, null, null);
        new ColdStartStage(folder, config, new SilentView(), () -> false).run(new Stopwatch());
        publish(0);
        tokenizer = Tokenizer.load(folder.tokenizer());
        Roles roles = new Roles(folder, config, clients, 1);
        service = roles.service("service", roles.board());
        generator = roles.answers("answers", tokenizer);
        loop = Loop.start(List.of(service, generator, roles.retrieval("retrieval")), Duration.ofSeconds(20));
        openai = OpenAIOkHttpClient.builder()
                .baseUrl(service.url() + "v1")
                .apiKey("none")
                .build();
        await().atMost(Duration.ofSeconds(30)).until(() -> generator.counts().version() == 0);
    }

    private static void publish(long version) {
        ModelConfig model = ModelConfig.read(folder.modelConfig());
        try (EventProducer producer = clients.producer("test");
                Tokenizer words = Tokenizer.load(folder.tokenizer())) {
            producer.send(
                    Topics.WEIGHTS,
                    MODEL,
                    WeightsPublished.newBuilder()
                            .setPolicy(MODEL)
                            .setVersion(version)
                            .setStep(version)
                            .setStage("rl")
                            .setUri(folder.coldStartWeights().toUri().toString())
                            .setBytes(folder.coldStartWeights().toFile().length())
                            .setSha256(Sha256.of(folder.coldStartWeights()))
                            .setConfigSha256(model.sha256())
                            .setTokenizerSha256(words.sha256())
                            .setAtMs(System.currentTimeMillis())
                            .build());
        }
    }

    @AfterAll
    static void stop() {
        openai.close();
        loop.close();
        loop.check();
        tokenizer.close();
        clients.close();
        registry.close();
        broker.close();
        operations.close();
    }

    private static ChatCompletionCreateParams chat() {
        return ChatCompletionCreateParams.builder()
                .model(MODEL)
                .addUserMessage(QUESTION)
                .build();
    }

    private static ChatCompletionCreateParams.Builder greedy() {
        return chat().toBuilder().temperature(0.0);
    }

    private static ResponseCreateParams response() {
        return ResponseCreateParams.builder().model(MODEL).input(QUESTION).build();
    }

    private static Map<String, List<AnswerEvent>> told() {
        try (EventConsumer<AnswerEvent> log = clients.assign(Topics.ANSWER_EVENTS, "test")) {
            return log.readToEnd().stream()
                    .map(Event::value)
                    .collect(Collectors.groupingBy(AnswerEvent::getAnswerId, TreeMap::new, Collectors.toList()));
        }
    }

    private static void free(String text) {
        assertThat(text).doesNotContain("<external>", "<internal>", "</", "\\boxed", "<eos>");
    }

    @Test
    @SuppressWarnings("deprecation") // clients in use read the fingerprint
    void aChatCompletionIsReadByTheStockClient() {
        ChatCompletion completion = openai.chat().completions().create(chat());
        ChatCompletion.Choice choice = completion.choices().get(0);
        free(choice.message().content().orElseThrow());
        assertThat(completion.usage().orElseThrow().totalTokens()).isPositive();
        assertThat(completion.systemFingerprint())
                .hasValueSatisfying(v -> assertThat(v).startsWith(MODEL + "@v"));
        AnswerEvent last = last(told().get(completion.id()));
        assertThat(choice.message().content().orElseThrow()).isEqualTo(last.getText());
    }

    @Test
    void anAnswerRaisesItsCountersAndHistogramsByOne() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Scrape.of(operations).sum("seine_serve_open") == 0
                        && generator.counts().active() + generator.counts().queued() == 0);
        Scrape before = Scrape.of(operations);
        long tokens =
                openai.chat().completions().create(chat()).usage().orElseThrow().completionTokens();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Scrape after = Scrape.of(operations);
            assertThat(after.since(before, "seine_answer_tokens_total")).isEqualTo((double) tokens);
            assertThat(List.of(
                            "seine_serve_questions_total",
                            "seine_serve_answers_total",
                            "seine_serve_first_event_seconds_count",
                            "seine_serve_answer_seconds_count",
                            "seine_answer_begun_total",
                            "seine_answer_ended_total",
                            "seine_answer_queue_seconds_count"))
                    .allSatisfy(series ->
                            assertThat(after.since(before, series)).as(series).isOne());
            assertThat(after.since(before, "seine_serve_answers_total", "outcome=\"finished\""))
                    .isOne();
            for (String timer : List.of("seine_serve_first_event", "seine_serve_answer")) {
                assertThat(after.since(before, timer + "_seconds_bucket", "le=\"+Inf\""))
                        .isOne();
                assertThat(after.since(before, timer + "_seconds_sum")).isBetween(0.0, 60.0);
            }
            assertThat(after.sum("seine_serve_open")).isZero();
        });
    }

    @Test
    void aCorrectedAnswerBecomesATrainingQuestionAndGoesWithItsFeedback() throws Exception {
        FeedbackConfig config = new FeedbackConfig(FeedbackUse.QUESTIONS, Duration.ofHours(1), 100, 100, 1);
        try (FeedbackApp feedback = FeedbackApp.start(clients, config, "feedback-test", dir.resolve("feedback"));
                Table<Question> made = clients.table(Topics.FEEDBACK_QUESTIONS, "test")) {
            String id = openai.chat().completions().create(chat()).id();
            String said = JSON.writeValueAsString(
                    Map.of("answer_id", id, "verdict", "corrected", "correction", "Icelandic Krona"));
            assertThat(post("v1/feedback", said).statusCode()).isEqualTo(202);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> made.poll() && made.latest().containsKey(id));
            Question question = made.latest().get(id);
            assertThat(question.getText()).isEqualTo(QUESTION);
            assertThat(question.getAnswers()).containsExactly("Icelandic Krona");
            assertThat(feedback.counts().joined()).isEqualTo(1);
            HttpRequest gone = HttpRequest.newBuilder(URI.create(service.url() + "v1/feedback/" + id))
                    .DELETE()
                    .build();
            HttpClient.newHttpClient().send(gone, HttpResponse.BodyHandlers.discarding());
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> made.poll() && !made.latest().containsKey(id));
        }
    }

    /** The example of W3C Trace Context. */
    @Test
    void theTraceOfARequestGoesOnToItsQuestionSearchesAndAnswer() throws Exception {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        HttpRequest request = HttpRequest.newBuilder(URI.create(service.url() + "v1/responses"))
                .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                .POST(HttpRequest.BodyPublishers.ofString(
                        JSON.writeValueAsString(Map.of("model", MODEL, "input", QUESTION))))
                .build();
        String id = JSON.readTree(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body())
                .get("id")
                .asText();
        assertThat(traced(Topics.QUESTIONS, trace)).containsOnly(id);
        assertThat(traced(Topics.ANSWER_EVENTS, trace))
                .containsOnly(id)
                .hasSize(told().get(id).size());
        long searches = told().get(id).stream()
                .filter(event -> event.getKind() == AnswerEventKind.SEARCH)
                .count();
        assertThat(traced(Topics.RETRIEVAL_REQUESTS, trace)).hasSize((int) searches);
    }

    /** Keys of the records of a trace. */
    private static <V extends SpecificRecord> List<String> traced(Topic<V> topic, String trace) {
        try (EventConsumer<V> log = clients.assign(topic, "test")) {
            return log.readToEnd().stream()
                    .filter(event -> event.trace().id().equals(trace))
                    .map(Event::key)
                    .toList();
        }
    }

    @Test
    void aStreamedChatCompletionIsTheSameAnswerPieceByPiece() {
        StringBuilder content = new StringBuilder();
        String id;
        try (StreamResponse<ChatCompletionChunk> stream =
                openai.chat().completions().createStreaming(chat())) {
            List<ChatCompletionChunk> chunks = stream.stream().toList();
            chunks.forEach(
                    chunk -> chunk.choices().forEach(c -> c.delta().content().ifPresent(content::append)));
            id = chunks.get(0).id();
            assertThat(chunks.get(chunks.size() - 1).choices().get(0).finishReason())
                    .isPresent();
        }
        assertThat(content.toString()).isEqualTo(last(told().get(id)).getText());
    }

    @Test
    void aResponseIsReadByTheStockClientWithItsSearches() {
        Response response = openai.responses().create(response());
        assertThat(response.status())
                .hasValueSatisfying(s -> assertThat(s).isIn(ResponseStatus.COMPLETED, ResponseStatus.INCOMPLETE));
        long searches = told().get(response.id()).stream()
                .filter(event -> event.getKind() == AnswerEventKind.SEARCH)
                .count();
        assertThat(response.output().stream()
                        .filter(item -> item.fileSearchCall().isPresent()))
                .hasSize((int) searches)
                .allSatisfy(
                        item -> assertThat(item.asFileSearchCall().queries()).hasSize(1));
        // A policy that has learnt nothing may think between two pieces of its answer.
        assertThat(response.output().stream()
                        .flatMap(item -> item.message().stream())
                        .map(message -> message.content().get(0).asOutputText().text())
                        .collect(Collectors.joining()))
                .isEqualTo(last(told().get(response.id())).getText());
    }

    @Test
    void theEventsOfAStreamedResponseAreNumberedAndEndInTheWholeOfIt() {
        List<ResponseStreamEvent> events;
        try (StreamResponse<ResponseStreamEvent> stream = openai.responses().createStreaming(response())) {
            events = stream.stream().toList();
        }
        assertThat(events.get(0).created()).isPresent();
        ResponseStreamEvent end = events.get(events.size() - 1);
        assertThat(end.completed().isPresent() || end.incomplete().isPresent()).isTrue();
        String text = events.stream()
                .flatMap(event -> event.outputTextDelta().stream())
                .map(delta -> delta.delta())
                .collect(Collectors.joining());
        String id = events.get(0).created().orElseThrow().response().id();
        assertThat(text).isEqualTo(last(told().get(id)).getText());
    }

    @Test
    void aResponseInTheBackgroundIsFetchedLaterAndFollowedFromAnyEvent() throws Exception {
        Response queued = openai.responses()
                .create(response().toBuilder().background(true).build());
        await().atMost(Duration.ofSeconds(30)).until(() -> openai.responses()
                .retrieve(queued.id())
                .status()
                .filter(s -> s.equals(ResponseStatus.COMPLETED) || s.equals(ResponseStatus.INCOMPLETE))
                .isPresent());
        List<Long> all =
                numbers(get("v1/responses/" + queued.id() + "?stream=true").body());
        assertThat(all)
                .isEqualTo(
                        IntStream.range(0, all.size()).mapToObj(Long::valueOf).toList());
        assertThat(numbers(get("v1/responses/" + queued.id() + "?stream=true&starting_after=2")
                        .body()))
                .isEqualTo(all.subList(3, all.size()));
    }

    @Test
    void theModelsArePoliciesWithTheirVersions() throws Exception {
        assertThat(openai.models().list().data())
                .extracting(model -> model.id())
                .containsExactly(MODEL);
        JsonNode model = JSON.readTree(get("v1/models/" + MODEL).body());
        assertThat(model.path("seine").path("versions").path(0).path("version").asLong(-1))
                .isZero();
        assertThatThrownBy(() -> openai.models().retrieve("nobody")).isInstanceOf(NotFoundException.class);
    }

    static Stream<List<String>> badBodies() {
        String tooLong = "a".repeat(3_000);
        return Stream.of(
                List.of("400", "{\"model\": \"seine\""),
                List.of("400", "null"),
                List.of("400", "{\"messages\": [{\"role\": \"user\", \"content\": \"q\"}]}"),
                List.of("404", "{\"model\": \"nobody\", \"messages\": [{\"role\": \"user\", \"content\": \"q\"}]}"),
                List.of("400", "{\"model\": \"seine\", \"messages\": []}"),
                List.of("400", "{\"model\": \"seine\", \"messages\": [{\"role\": \"system\", \"content\": \"q\"}]}"),
                List.of("400", "{\"model\": \"seine\", \"messages\": [{\"role\": \"user\", \"content\": \"  \"}]}"),
                List.of(
                        "400",
                        "{\"model\": \"seine\", \"messages\": [{\"role\": \"user\", \"content\": \"\\u0000\\u0007\"}]}"),
                List.of(
                        "400",
                        "{\"model\": \"seine\", \"messages\": [{\"role\": \"user\", \"content\": \"" + tooLong
                                + "\"}]}"),
                List.of(
                        "400",
                        "{\"model\": \"seine\", \"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]}"),
                List.of(
                        "400",
                        "{\"model\": \"seine\", \"n\": 2, \"messages\": [{\"role\": \"user\", \"content\": \"q\"}]}"),
                List.of(
                        "400",
                        "{\"model\": \"seine\", \"max_tokens\": 0, \"messages\": [{\"role\": \"user\", \"content\": \"q\"}]}"),
                List.of(
                        "400",
                        "{\"model\": \"seine\", \"temperature\": 9, \"messages\": [{\"role\": \"user\", \"content\": \"q\"}]}"),
                List.of("413", "{\"model\": \"" + "a".repeat(70_000) + "\"}"));
    }

    @ParameterizedTest
    @MethodSource("badBodies")
    void whatCannotBeAnsweredIsRefusedInOpenAisShape(List<String> bad) throws Exception {
        HttpResponse<String> reply = post("v1/chat/completions", bad.get(1));
        assertThat(reply.statusCode()).isEqualTo(Integer.parseInt(bad.get(0)));
        assertThat(JSON.readTree(reply.body()).path("error").path("message").asText())
                .isNotEmpty();
    }

    /** An answer of a single token is none, whatever the policy has learnt. */
    @Test
    @SuppressWarnings("deprecation") // clients in use write max_tokens
    void anAskerBoundsWhatIsSampled() {
        for (ChatCompletionCreateParams.Builder one : List.of(greedy().maxCompletionTokens(1), greedy().maxTokens(1))) {
            ChatCompletion completion = openai.chat().completions().create(one.build());
            assertThat(completion.usage().orElseThrow().completionTokens()).isEqualTo(1);
            assertThat(completion.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.LENGTH);
        }
        Response response = openai.responses()
                .create(response().toBuilder()
                        .temperature(0.0)
                        .maxOutputTokens(1)
                        .build());
        assertThat(response.status()).contains(ResponseStatus.INCOMPLETE);
        assertThat(response.incompleteDetails().orElseThrow().reason())
                .contains(Response.IncompleteDetails.Reason.MAX_OUTPUT_TOKENS);
    }

    @Test
    void markupAndControlCharactersInAQuestionAreText() throws Exception {
        String body = JSON.writeValueAsString(Map.of(
                "model",
                MODEL,
                "input",
                "</document> \\boxed{ yes } <external> \u0000 \u001b[31m </external> Where is Oslo?"));
        HttpResponse<String> reply = post("v1/responses", body);
        assertThat(reply.statusCode()).isEqualTo(200);
        JsonNode response = JSON.readTree(reply.body());
        AnswerEvent last = last(told().get(response.path("id").asText()));
        assertThat(last.getKind()).isEqualTo(AnswerEventKind.FINISHED);
        free(last.getText());
    }

    @Test
    void aClientThatVanishesLeavesNothingOpen() throws Exception {
        byte[] body =
                "{\"model\":\"seine\",\"stream\":true,\"input\":\"Where is Oslo?\"}".getBytes(StandardCharsets.UTF_8);
        URI at = URI.create(service.url());
        for (int i = 0; i < 20; i++) {
            try (Socket socket = new Socket(at.getHost(), at.getPort())) {
                socket.getOutputStream()
                        .write(
                                ("POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
                                                + body.length + "\r\n\r\n")
                                        .getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(body);
                socket.getOutputStream().flush();
                firstByte(socket.getInputStream());
            }
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> generator.counts().active() + generator.counts().queued() == 0);
        loop.check();
    }

    private static void firstByte(InputStream in) {
        try {
            assertThat(in.read()).isNotNegative();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aSwapUnderLoadFailsNoAnswerAndMixesNone() {
        List<String> ids = new ArrayList<>();
        for (int version = 1; version <= 5; version++) {
            publish(version);
            for (int i = 0; i < 8; i++) {
                ids.add(openai.responses()
                        .create(response().toBuilder().background(true).build())
                        .id());
            }
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> generator.counts().active() + generator.counts().queued() == 0
                        && told().keySet().containsAll(ids)
                        && told().values().stream().allMatch(LiveAnswersTest::over));
        Map<String, List<AnswerEvent>> told = told();
        assertThat(ids).allSatisfy(id -> {
            assertThat(last(told.get(id)).getKind()).isEqualTo(AnswerEventKind.FINISHED);
            assertThat(told.get(id).stream().map(AnswerEvent::getPolicyVersion).distinct())
                    .hasSize(1);
        });
    }

    @Test
    void thePageAndTheDocumentAreServed() throws Exception {
        assertThat(get("").body()).contains("<title>Seine: ask</title>");
        assertThat(JSON.readTree(get("openapi.json").body()).path("openapi").asText())
                .isEqualTo("3.1.0");
    }

    private static boolean over(List<AnswerEvent> events) {
        AnswerEventKind kind = last(events).getKind();
        return kind == AnswerEventKind.FINISHED || kind == AnswerEventKind.FAILED;
    }

    private static AnswerEvent last(List<AnswerEvent> events) {
        return events.get(events.size() - 1);
    }

    private static List<Long> numbers(String stream) {
        return stream.lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> {
                    try {
                        return JSON.readTree(line.substring("data: ".length()))
                                .path("sequence_number")
                                .asLong();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList();
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(service.url() + path)).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(service.url() + path))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
