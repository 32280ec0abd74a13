package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import dev.seine.app.config.ConfigException;
import dev.seine.app.report.Graded.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge against a server in this process. */
final class ChatJudgeTest {
    private static final List<String> PARIS = List.of("Paris");

    @TempDir
    private Path dir;

    private HttpServer server;
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch never = new CountDownLatch(1);
    private volatile String reply = "True";
    private volatile int status = 200;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", exchange -> {
            requests.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            if (reply.isEmpty()) {
                await();
            }
            byte[] body =
                    ("{\"choices\":[{\"message\":{\"content\":\"" + reply + "\"}}]}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    private void await() {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        never.countDown();
        server.stop(0);
    }

    private ChatJudge judge(Duration timeout) {
        return new ChatJudge(
                "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/",
                "model",
                "sekret",
                timeout,
                new VerdictCache(dir.resolve("judge.jsonl")));
    }

    private ChatJudge judge() {
        return judge(Duration.ofSeconds(20));
    }

    @Test
    void whatTheModelSaysIsTheVerdictAndItIsAskedOnceForEver() throws Exception {
        assertThat(judge().judge("Q?", PARIS, "paris, France")).isEqualTo(Verdict.RIGHT);
        reply = "False.";
        ChatJudge later = judge();
        assertThat(later.judge("Q?", PARIS, "paris, France")).isEqualTo(Verdict.RIGHT);
        assertThat(later.judge("Q?", PARIS, "Rome")).isEqualTo(Verdict.WRONG);
        assertThat(requests).hasSize(2).allMatch(request -> request.startsWith("Bearer sekret "));
        assertThat(Files.readString(dir.resolve("judge.jsonl"))).doesNotContain("sekret", "paris");
    }

    @Test
    void anEmptyAnswerIsWrongWithoutAsking() {
        assertThat(judge().judge("Q?", PARIS, " ")).isEqualTo(Verdict.WRONG);
        assertThat(requests).isEmpty();
    }

    @Test
    void whatTimesOutFailsOrCannotBeReadIsNoVerdictAndIsAskedAgain() {
        reply = "I think so";
        ChatJudge judge = judge();
        assertThat(judge.judge("Q?", PARIS, "x")).isEqualTo(Verdict.UNREADABLE);
        status = 500;
        assertThat(judge.judge("Q?", PARIS, "x")).isEqualTo(Verdict.FAILED);
        reply = "";
        assertThat(judge(Duration.ofMillis(200)).judge("Q?", PARIS, "x")).isEqualTo(Verdict.TIMED_OUT);
        assertThat(requests).hasSize(3);
    }

    @Test
    void afterFiveFailuresInARowNobodyIsAsked() {
        status = 503;
        ChatJudge judge = judge();
        for (int i = 0; i < 9; i++) {
            assertThat(judge.judge("Q?", PARIS, "x" + i).given()).isFalse();
        }
        assertThat(requests).hasSize(5);
    }

    @Test
    void aJudgeThatCannotBeUsedIsRefusedBeforeAnythingIsSpent() {
        status = 401;
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> judge().check())
                .withMessageContaining("cannot be used: the request failed")
                .withMessageNotContaining("sekret");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new ChatJudge("nowhere", "m", "", Duration.ofSeconds(1), null))
                .withMessageContaining("--judge must be an http or https URL");
    }

    @Test
    void aCacheThatWasCutShortLosesOnlyItsLastLine() throws Exception {
        Path file = dir.resolve("cut.jsonl");
        new VerdictCache(file).put("a", Verdict.RIGHT);
        Files.writeString(file, Files.readString(file) + "{\"id\":\"b\",\"verd");
        VerdictCache again = new VerdictCache(file);
        again.put("c", Verdict.WRONG);
        VerdictCache third = new VerdictCache(file);
        assertThat(third.get("a")).isEqualTo(Verdict.RIGHT);
        assertThat(third.get("b")).isNull();
        assertThat(third.get("c")).isEqualTo(Verdict.WRONG);
    }
}
