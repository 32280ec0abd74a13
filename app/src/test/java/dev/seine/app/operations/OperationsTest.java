package dev.seine.app.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.seine.app.Loop;
import dev.seine.topics.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class OperationsTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Ready when it is told that it is. */
    private record Fake(AtomicBoolean able) implements Role {
        @Override
        public String name() {
            return "worker-1";
        }

        @Override
        public int step() {
            return 1;
        }

        @Override
        public boolean ready() {
            return able.get();
        }

        @Override
        public void close() {}
    }

    private static HttpResponse<String> send(String method, Operations operations, String path) throws Exception {
        String base = operations.url().orElseThrow();
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String get(Operations operations, String path) throws Exception {
        HttpResponse<String> response = send("GET", operations, path);
        return response.statusCode() + " " + response.body();
    }

    @Test
    void aProcessIsReadyWhileItsRolesAreAndNoMoreOnceToldToStop() throws Exception {
        AtomicBoolean able = new AtomicBoolean();
        AtomicBoolean stop = new AtomicBoolean();
        try (Operations operations = Operations.on("127.0.0.1", 0)) {
            assertThat(get(operations, "/health/ready")).startsWith("503").contains("starting");
            assertThat(get(operations, "/health/live")).isEqualTo("200 {\"passed\":true,\"reason\":\"\"}");
            try (Loop loop = Loop.start(
                    List.of(new Fake(able)),
                    Duration.ofSeconds(10),
                    operations.telemetry().meters())) {
                operations.watch(loop, stop::get);
                assertThat(get(operations, "/health/ready")).startsWith("503").contains("lacks");
                able.set(true);
                assertThat(get(operations, "/health/ready")).startsWith("200");
                assertThat(get(operations, "/metrics")).contains("seine_role_ready{role=\"worker-1\"} 1.0");
                stop.set(true);
                assertThat(get(operations, "/health/ready")).startsWith("503").contains("stopping");
                // it lives on until everything is written
                assertThat(get(operations, "/health/live")).startsWith("200");
            }
        }
    }

    @Test
    void turnsThatFoundWorkAreCounted() throws Exception {
        try (Operations operations = Operations.on("127.0.0.1", 0);
                Loop loop = Loop.start(
                        List.of(new Fake(new AtomicBoolean(true))),
                        Duration.ofSeconds(10),
                        operations.telemetry().meters())) {
            await().until(() -> get(operations, "/metrics")
                    .lines()
                    .filter(line -> line.startsWith("seine_role_steps_total{role=\"worker-1\"}"))
                    .anyMatch(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))) > 100));
            assertThat(loop.longestTurn()).isLessThan(Health.HUNG);
        }
    }

    @Test
    void othersGetAnAnswerButNothingElse() throws Exception {
        try (Operations operations = Operations.on("127.0.0.1", 0)) {
            assertThat(get(operations, "/")).startsWith("404");
            assertThat(get(operations, "/metrics/../health")).startsWith("404");
            assertThat(send("POST", operations, "/metrics").statusCode()).isEqualTo(405);
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        try (Operations first = Operations.on("127.0.0.1", 0)) {
            int port = URI.create(first.url().orElseThrow()).getPort();
            assertThatThrownBy(() -> Operations.on("127.0.0.1", port))
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + port);
        }
    }

    @Test
    void spansAreSentOnlyIfTheEnvironmentSaysWhere() {
        assertThat(quiet(Map.of())).isEqualTo(Map.of("otel.traces.exporter", "none"));
        assertThat(quiet(Map.of("otel.exporter.otlp.endpoint", "http://collector:4318")))
                .isEmpty();
        assertThat(quiet(Map.of("otel.traces.exporter", "otlp"))).isEmpty();
    }

    private static Map<String, String> quiet(Map<String, String> environment) {
        return Tracing.quietUnlessAsked(
                io.opentelemetry.sdk.autoconfigure.spi.internal.DefaultConfigProperties.createFromMap(environment));
    }
}
