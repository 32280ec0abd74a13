package dev.seine.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.event.Question;
import dev.seine.event.WeightsPublished;
import dev.seine.serving.answers.AnswerConfig;
import dev.seine.serving.http.HttpConfig;
import dev.seine.serving.http.KeyFile;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Telemetry;
import dev.seine.topics.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.TracerProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers that do not read and readers that vanish, over real sockets and a real broker; the answers are told by the test. */
class ReadersTest {
    private static final String MODEL = "seine";
    /** Longer than the silence after which a stream says that it is there. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final Duration LONG = Duration.ofSeconds(40);
    private static final int SLOW = 4;
    private static final int TEXTS = 512;
    private static final int CHARS = 32_768;

    @TempDir
    private static Path dir;

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final List<Question> READ = new ArrayList<>();
    private static final AtomicBoolean ENDED = new AtomicBoolean();
    private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();
    private static EmbeddedBroker broker;
    private static EmbeddedRegistry registry;
    private static Clients clients;
    private static EventProducer generator;
    private static EventConsumer<Question> questions;
    private static AnswerService service;
    private static Thread turns;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(dir.resolve("kafka"));
        registry = EmbeddedRegistry.start(broker.bootstrap());
        clients = new Clients(
                Connection.of(broker.bootstrap(), registry.url()),
                new Telemetry(METERS, TracerProvider.noop().get("test")));
        clients.createTopics();
        generator = clients.producer("generator");
        generator.send(Topics.WEIGHTS, MODEL, weights());
        generator.flush();
        questions = clients.assign(Topics.QUESTIONS, "test");
        ServeConfig config = new ServeConfig(
                new HttpConfig("127.0.0.1", 0, 65_536, 32, 0, 1, PATIENCE),
                new AnswerConfig(Duration.ofMinutes(5), 1_000, 32, 32),
                1,
                2,
                1,
                false,
                0);
        service = AnswerService.start(clients, "service", config, new KeyFile(dir.resolve("keys")), List.of());
        turns = new Thread(() -> {
            while (!ENDED.get()) {
                service.step();
            }
        });
        turns.start();
    }

    private static WeightsPublished weights() {
        return WeightsPublished.newBuilder()
                .setPolicy(MODEL)
                .setVersion(1)
                .setStep(1)
                .setStage("rl")
                .setUri("file:///nowhere")
                .setBytes(1)
                .setSha256("")
                .setConfigSha256("")
                .setTokenizerSha256("")
                .setAtMs(1)
                .build();
    }

    @AfterAll
    static void stop() throws Exception {
        ENDED.set(true);
        turns.join();
        service.close();
        questions.close();
        generator.close();
        clients.close();
        registry.close();
        broker.close();
    }

    @Test
    void whoTakesNothingIsGivenUpHoldsUpNobodyAndKeepsNoMoreOfALongAnswerThanTheRest() throws Exception {
        String id = post("{\"model\":\"seine\",\"input\":\"Where is Oslo?\",\"background\":true}")
                .get()
                .replaceFirst("(?s).*?\"id\":\"(\\w+)\".*", "$1");
        tell(id, 0, AnswerEventKind.STARTED, "");
        for (int i = 1; i <= TEXTS; i++) {
            tell(id, i, AnswerEventKind.TEXT, "x".repeat(CHARS));
        }
        tell(id, TEXTS + 1, AnswerEventKind.FINISHED, "");
        await().atMost(LONG)
                .until(() -> METERS.get("seine.serve.answers")
                                .tag("outcome", "finished")
                                .counter()
                                .count()
                        == 1);
        long before = used();
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < SLOW; i++) {
                slow.add(sent("GET /v1/responses/" + id + "?stream=true HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
            }
            await().atMost(LONG).until(() -> readers() == SLOW);
            answered();
            assertThat(readers()).isEqualTo(SLOW);
            long[] most = {0};
            await().atMost(LONG).pollInterval(Duration.ofMillis(500)).until(() -> {
                most[0] = Math.max(most[0], used() - before);
                return readers() == 0;
            });
            // A copy of the answer each would be 64 MiB; what the sockets have taken, and the text of it, is far less.
            assertThat(most[0]).isLessThan((long) SLOW * TEXTS * CHARS);
        } finally {
            close(slow);
        }
    }

    @Test
    void whoTakesNothingOfAnAnswerThatNobodyElseWaitsForTakesItsQuestionBack() throws Exception {
        try (Socket slow = sent(streaming("Where is Bergen?"))) {
            String id = asked("Where is Bergen?");
            tell(id, 0, AnswerEventKind.STARTED, "");
            for (int i = 1; i <= TEXTS; i++) {
                tell(id, i, AnswerEventKind.TEXT, "x".repeat(CHARS));
            }
            await().atMost(LONG).until(() -> readers() == 1);
            await().atMost(LONG).until(() -> takenBack(id));
            assertThat(slow.isClosed()).isFalse(); // it was the service that gave up
            assertThat(readers()).isZero();
        }
    }

    @Test
    void whoVanishesInTheMiddleTakesItsQuestionBack() throws Exception {
        String id;
        try (Socket vanishing = sent(streaming("Where is Tromso?"))) {
            id = asked("Where is Tromso?");
            tell(id, 0, AnswerEventKind.STARTED, "");
            tell(id, 1, AnswerEventKind.TEXT, "in Nor");
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(vanishing.getInputStream(), StandardCharsets.UTF_8));
            assertThat(lines.lines().anyMatch(line -> line.contains("in Nor"))).isTrue();
            assertThat(takenBack(id)).isFalse();
        }
        await().atMost(LONG).until(() -> takenBack(id));
        assertThat(readers()).isZero();
    }

    /** A question and its whole answer, to a reader that reads. */
    private static void answered() throws Exception {
        CompletableFuture<String> stream = post(body("Where is Hamar?"));
        String id = asked("Where is Hamar?");
        tell(id, 0, AnswerEventKind.STARTED, "");
        tell(id, 1, AnswerEventKind.TEXT, "in Norway");
        tell(id, 2, AnswerEventKind.FINISHED, "in Norway");
        assertThat(stream.get(LONG.toSeconds(), TimeUnit.SECONDS)).contains("in Norway", "response.completed");
    }

    private static String body(String question) {
        return "{\"model\":\"seine\",\"stream\":true,\"input\":\"" + question + "\"}";
    }

    private static String streaming(String question) {
        String body = body(question);
        return "POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    /** A connection with hardly any room for what comes, on which this was sent. */
    private static Socket sent(String request) throws IOException {
        URI at = URI.create(service.url());
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress(at.getHost(), at.getPort()));
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return socket;
    }

    private static CompletableFuture<String> post(String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(service.url() + "v1/responses"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenApply(HttpResponse::body);
    }

    private static void tell(String id, int index, AnswerEventKind kind, String text) {
        generator.send(
                Topics.ANSWER_EVENTS,
                id,
                AnswerEvent.newBuilder()
                        .setAnswerId(id)
                        .setQuestionId(id)
                        .setIndex(index)
                        .setKind(kind)
                        .setText(text)
                        .setPolicyVersion(1)
                        .setFinish(kind == AnswerEventKind.FINISHED ? "EOS" : "")
                        .setAtMs(System.currentTimeMillis())
                        .build());
    }

    /** Id of the question, once it is in the log. */
    private static String asked(String question) {
        return await().atMost(LONG)
                .until(() -> log().filter(q -> q.getText().equals(question)).findFirst(), Optional::isPresent)
                .orElseThrow()
                .getId();
    }

    private static boolean takenBack(String id) {
        return log().anyMatch(q -> q.getId().equals(id) && q.getWithdrawn());
    }

    /** All questions so far. */
    private static Stream<Question> log() {
        questions.poll(Duration.ofMillis(20)).forEach(event -> READ.add(event.value()));
        return READ.stream();
    }

    private static double readers() {
        return METERS.get("seine.serve.readers").gauge().value();
    }

    /** Bytes of the heap that are in use. */
    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
