package dev.seine.app.viewer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.seine.app.LogSample;
import dev.seine.app.replay.Archive;
import dev.seine.event.ScoredTrajectory;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.io.File;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The viewer over a small log whose texts try to be more than texts. */
class ViewerTest {
    private static final String HOSTILE =
            "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> \\boxed{ <b>a</b> }";

    @TempDir
    private static Path dir;

    private static EmbeddedBroker broker;
    private static EmbeddedRegistry registry;
    private static Clients clients;
    private static Archive archive;
    private static Pages pages;
    private static final List<String> opened = new ArrayList<>();

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(dir.resolve("kafka"));
        registry = EmbeddedRegistry.start(broker.bootstrap());
        clients = new Clients(Connection.of(broker.bootstrap(), registry.url()));
        clients.createTopics();
        try (EventProducer producer = clients.producer("test")) {
            for (int index = 0; index < 60; index++) {
                ScoredTrajectory scored = LogSample.scored(
                        LogSample.trajectory(0, index, 60, index, index == 0 ? HOSTILE : "\\boxed{ a }"), index % 2);
                producer.send(Topics.SCORED_TRAJECTORIES, scored.getTrajectory().getGroupId(), scored);
            }
        }
        archive = new Archive(clients, dir.resolve("index"));
        Map<String, Supplier<Shelf.Opened>> runs = new LinkedHashMap<>();
        runs.put("a run", () -> opened("a run", id -> "<i>" + id));
        runs.put("another & one", () -> opened("another & one", id -> "[" + id + "]"));
        pages = new Pages(0, new Shelf(runs));
    }

    private static Shelf.Opened opened(String name, IntFunction<String> tokens) {
        opened.add(name);
        return new Shelf.Opened() {
            @Override
            public RunPages pages() {
                return new RunPages(name, "[run]", archive, tokens);
            }

            @Override
            public void close() {
                opened.remove(name);
            }
        };
    }

    @AfterAll
    static void stop() {
        pages.close();
        archive.close();
        clients.close();
        registry.close();
        broker.close();
    }

    @Test
    void aPageOfTrajectoriesIsAPageAndKnowsHowManyThereAre() throws Exception {
        String json = get("api/rows?correct=0&limit=5&skip=5").body();

        assertThat(json).contains("\"total\":30").contains("q0@0#10", "q0@0#18").doesNotContain("q0@0#8\"");
        assertThat(get("api/rows?limit=501").statusCode()).isEqualTo(400);
        assertThat(get("api/rollout?id=nobody").statusCode()).isEqualTo(404);
    }

    @Test
    void aRunIsOpenedWhenItIsAskedForAndTheFirstIsShownToWhoNamesNone() throws Exception {
        assertThat(get("api/runs").body()).contains("a run", "another & one");
        assertThat(get("api/run").body()).contains("\"name\":\"a run\"");
        List<String> runs = List.of("closed 1", "closed 2");
        List<String> seen = new ArrayList<>();
        Map<String, Supplier<Shelf.Opened>> openers = new LinkedHashMap<>();
        runs.forEach(name -> openers.put(name, () -> {
            seen.add(name);
            return opened(name, String::valueOf);
        }));
        try (Shelf shelf = new Shelf(openers)) {
            assertThat(seen).isEmpty();
            assertThat(shelf.run(Optional.of("closed 2"))).isPresent();
            assertThat(shelf.run(Optional.of("closed 2"))).isPresent();
            assertThat(shelf.run(Optional.of("closed 3"))).isEmpty();
            assertThat(seen).containsExactly("closed 2");
            assertThat(opened).contains("closed 2");
        }
        assertThat(opened).doesNotContain("closed 2");
        assertThat(get("api/run?of=another+%26+one").body()).contains("\"name\":\"another & one\"");
        assertThat(get("api/run?of=nobody").statusCode()).isEqualTo(404);
    }

    @Test
    void whoeverCallsItByAnotherNameGetsNothing() throws Exception {
        URI address = URI.create(pages.url());
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.getOutputStream()
                    .write("GET /api/run HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 403").doesNotContain("a run");
        }
    }

    @Test
    void aBrowserShowsHostileTextAsTextAndRunsNoneOfIt() throws Exception {
        Optional<String> browser = browser();
        assumeTrue(browser.isPresent(), "no Chromium on this machine: apt-get install chromium");

        String page = dom(browser.get(), "#/rollout/q0%400%230");
        assertThat(page)
                .contains("&lt;script&gt;document.title='owned'")
                .doesNotContain("<script>document.title")
                .doesNotContain("<title>owned")
                .doesNotContain("<img");
        assertThat(page)
                .contains("log-probability -0.5000")
                .contains("Title &lt;b&gt;")
                .contains("&lt;i&gt;2");

        assertThat(dom(browser.get(), "?of=another+%26+one#/rollout/q0%400%230"))
                .contains("[2")
                .contains("<span id=\"run\">another &amp; one</span>")
                .contains("href=\"/?of=a+run\"");
        assertThat(dom(browser.get(), "#/rows?correct=0")).contains("1 to 30 of 30", "q0@0#58");
        assertThat(dom(browser.get(), "#/compare/q0%400%231/q0%400%232")).contains("q0@0#1", "q0@0#2");
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(pages.url() + path)).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** The page as the browser has made it. */
    private static String dom(String browser, String hash) throws Exception {
        Path out = Files.createTempFile(dir, "dom", ".html");
        Process process = new ProcessBuilder(
                        browser,
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--virtual-time-budget=10000",
                        "--user-data-dir=" + dir.resolve("browser"),
                        "--dump-dom",
                        pages.url() + hash)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return Files.readString(out, StandardCharsets.UTF_8);
    }

    private static Optional<String> browser() {
        List<String> names = List.of("chromium", "chromium-browser", "google-chrome");
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .flatMap(folder -> names.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
