package dev.seine.serving.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.seine.event.Evaluation;
import dev.seine.event.LearnerStep;
import dev.seine.event.Promotion;
import dev.seine.event.PromotionDecision;
import dev.seine.event.StepPhase;
import dev.seine.serving.api.Pages;
import dev.seine.serving.http.HttpConfig;
import dev.seine.serving.http.HttpServer;
import dev.seine.serving.http.KeyFile;
import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages as a browser shows them, over a board of made-up events. */
class BoardPagesTest {
    @TempDir
    Path dir;

    private final Board board = new Board(1_000);
    private HttpServer server;

    @BeforeEach
    void start() {
        HttpConfig config = new HttpConfig("127.0.0.1", 0, 65_536, 20, 0, 1, Duration.ofSeconds(10));
        RunEntry run =
                new RunEntry("atlas", "r1-searcher-plus", "seine", 60, 0, "", "./seine view --run runs/atlas", true);
        server = HttpServer.start(
                config,
                new KeyFile(dir.resolve("keys")),
                List.of(Pages.ask(), new BoardRoutes(board, () -> List.of(run))));
        for (int step = 1; step <= 60; step++) {
            board.add(step(step));
        }
        board.add(evaluation(0, "gate", 0.52));
        board.add(evaluation(60, "gate", 0.81));
        board.add(promotion());
        board.lag(Map.of("questions", Map.of("generators-seine", 12L)), 0);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theTrainPageDrawsEveryCurveAndSaysItsLastValue() throws Exception {
        String page = rendered("train?live=off");
        assertThat(page).contains("Step 60. Version 60 serves.");
        // 1 - 1/61 = 0.984
        assertThat(page).contains("aria-label=\"Accuracy by learner step.").contains("rollouts 0.984");
        assertThat(page)
                .contains("gate 0.810")
                .contains("generators-seine")
                .contains("as good &lt;b&gt;as ever&lt;/b&gt;");
        assertThat(page.split("<canvas", -1)).hasSize(11);
        assertThat(page).doesNotContain("<b>as ever");
    }

    @Test
    void theRunsPageSaysHowToOpenTheViewer() throws Exception {
        assertThat(rendered("runs"))
                .contains("atlas (answers here)")
                .contains("<code>./seine view --run runs/atlas</code>");
    }

    @Test
    void nothingComesFromElsewhere() throws Exception {
        for (String path : List.of("train", "runs", "train.js", "runs.js", "service.js", "board.css")) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.body()).as(path).doesNotContain("http://", "https://");
        }
        assertThat(get("chart.js").body()).contains("Chart.js v");
    }

    @Test
    void entriesComeFromANumberOnAndABadNumberIsRefused() throws Exception {
        assertThat(get("v1/train?from=62").body()).startsWith("{\"next\":64,\"entries\":[{\"type\":\"promotion\"");
        assertThat(get("v1/train?from=64").body()).isEqualTo("{\"next\":64,\"entries\":[]}");
        assertThat(get("v1/train?from=x").statusCode()).isEqualTo(400);
    }

    @Test
    void theStreamGoesOnWhereAReaderLeftOff() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "v1/train/events?from=62"))
                .build();
        HttpResponse<Stream<String>> stream =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = stream.body()) {
            assertThat(lines.filter(line -> line.startsWith("id: ")).limit(2).toList())
                    .containsExactly("id: 62", "id: 63");
        }
    }

    /** Pictures for the documentation, and a check by eye: {@code -Dseine.pictures=DIR}. */
    @Test
    void picturesAreTakenWhenAskedFor() throws Exception {
        String folder = System.getProperty("seine.pictures");
        assumeTrue(folder != null, "no -Dseine.pictures=DIR");
        for (String size : List.of("1280,1500", "390,2400")) {
            browse(
                    "train?live=off",
                    "--window-size=" + size,
                    "--screenshot=" + Path.of(folder, "train-" + size.replace(',', 'x') + ".png"));
        }
        browse(
                "train?live=off",
                "--window-size=1280,1500",
                "--blink-settings=preferredColorScheme=0",
                "--screenshot=" + Path.of(folder, "train-dark.png"));
        browse("runs", "--window-size=1280,420", "--screenshot=" + Path.of(folder, "runs.png"));
    }

    private String rendered(String path) throws Exception {
        return browse(path, "--dump-dom");
    }

    /** What a headless Chromium prints. */
    private String browse(String path, String... how) throws Exception {
        Optional<Path> chromium = Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .flatMap(bin -> Stream.of(Path.of(bin, "chromium"), Path.of(bin, "google-chrome")))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(chromium.isPresent(), "no chromium on the path: the pages are not looked at");
        List<String> command = new ArrayList<>(List.of(
                chromium.get().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--virtual-time-budget=5000",
                "--user-data-dir=" + dir.resolve("browser")));
        command.addAll(List.of(how));
        command.add(server.url() + path);
        Path out = dir.resolve("out");
        Process browser = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(dir.resolve("err").toFile())
                .start();
        assertThat(browser.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return Files.readString(out);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.url() + path)).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static LearnerStep step(int step) {
        double rising = 1 - 1.0 / (step + 1);
        Map<String, Double> metrics = Map.of(
                "reward",
                rising - 0.2,
                "reward-answer",
                rising,
                "reward-format",
                -0.2,
                "correct",
                rising,
                "searches",
                3 - rising,
                "loss",
                1 - rising,
                "nll-memory",
                2 - 2 * rising,
                "entropy",
                1.5 - rising,
                "staleness-mean",
                step % 2 * 0.5,
                "tokens-per-second",
                15_000.0 + 100 * (step % 7));
        return LearnerStep.newBuilder()
                .setPolicy("seine")
                .setStep(step)
                .setPhase(StepPhase.APPLIED)
                .setStage("rl")
                .setVersionIn(step - 1L)
                .setVersionOut(step)
                .setMetrics(metrics)
                .setTookMs(1_200)
                .setAtMs(step)
                .build();
    }

    private static Evaluation evaluation(long version, String dataset, double accuracy) {
        return Evaluation.newBuilder()
                .setPolicy("seine")
                .setVersion(version)
                .setStep(version)
                .setDataset(dataset)
                .setQuestions(100)
                .setMetrics(Map.of("accuracy", accuracy, "searches", 1.5))
                .setAtMs(0)
                .build();
    }

    private static Promotion promotion() {
        return Promotion.newBuilder()
                .setPolicy("seine")
                .setDecision(PromotionDecision.PROMOTED)
                .setVersion(60)
                .setBy("gate")
                .setCause("as good <b>as ever</b>")
                .setServing(dev.seine.event.WeightsPublished.newBuilder()
                        .setPolicy("seine")
                        .setVersion(60)
                        .setStep(60)
                        .setStage("rl")
                        .setUri("file:///v60")
                        .setBytes(1)
                        .setSha256("")
                        .setConfigSha256("")
                        .setTokenizerSha256("")
                        .setAtMs(0)
                        .build())
                .setAtMs(0)
                .build();
    }
}
