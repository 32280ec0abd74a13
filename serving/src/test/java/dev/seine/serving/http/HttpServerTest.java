package dev.seine.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.config.RoutesConfig;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpServerTest {
    /** Tells who calls, echoes an object, or fails. */
    private static final Routes ECHO = new Routes() {
        @Override
        public void add(RoutesConfig routes) {
            routes.get("/v1/me", ctx -> ctx.result(Caller.of(ctx).id()));
            routes.post("/v1/echo", ctx -> ctx.result(Body.read(ctx, 1_024).toString()));
            routes.get("/v1/broken", ctx -> {
                throw new IllegalStateException("secret of another client");
            });
        }
    };

    private record Reply(int status, String body) {
        String code() throws Exception {
            JsonNode error = new ObjectMapper().readTree(body).path("error");
            assertThat(error.path("message").asText()).isNotEmpty();
            assertThat(error.path("type").asText()).isNotEmpty();
            return error.path("code").asText();
        }
    }

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    private static HttpConfig config(int perMinute, int burst) {
        return new HttpConfig("127.0.0.1", 0, 1_024, 16, perMinute, burst, Duration.ofSeconds(5));
    }

    private KeyFile keys() {
        return new KeyFile(folder.resolve("keys"));
    }

    private Reply send(HttpServer server, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        request = body == null ? request.GET() : request.POST(HttpRequest.BodyPublishers.ofString(body));
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.headers().firstValue("Content-Security-Policy")).isPresent();
        return new Reply(response.statusCode(), response.body());
    }

    @Test
    void withoutKeysThisMachineIsAnsweredAndNoPageOfAnotherSite() throws Exception {
        try (HttpServer server = HttpServer.start(config(0, 1), keys(), List.of(ECHO))) {
            assertThat(send(server, "v1/me", null)).isEqualTo(new Reply(200, Caller.LOCAL));
            assertThat(send(server, "v1/me", null, "Origin", "https://elsewhere.example")
                            .code())
                    .isEqualTo("forbidden");
            assertThat(send(server, "v1/me", null, "Origin", server.url().replaceFirst("/$", ""))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void whereOthersCanCallThereMustBeKeys() {
        assertThatThrownBy(() -> HttpServer.start(config(0, 1).at("0.0.0.0", 0), keys(), List.of(ECHO)))
                .hasMessageContaining("seine keys add");
    }

    @Test
    void aKeyIsWantedAndKnowsItsCaller() throws Exception {
        String secret = keys().add("a", new SecureRandom(), Clock.systemUTC());
        String id = keys().keys().get(0).id();
        try (HttpServer server = HttpServer.start(config(0, 1), keys(), List.of(ECHO))) {
            assertThat(send(server, "v1/me", null).code()).isEqualTo("invalid_api_key");
            assertThat(send(server, "v1/me", null, "Authorization", "Bearer sk-seine-wrong")
                            .status())
                    .isEqualTo(401);
            assertThat(send(server, "v1/me", null, "Authorization", "Bearer " + secret))
                    .isEqualTo(new Reply(200, id));
            keys().revoke(id);
            assertThat(send(server, "v1/me", null, "Authorization", "Bearer " + secret)
                            .status())
                    .isEqualTo(401);
        }
    }

    /** 16 KiB, where 1 KiB is allowed: sent to the end before the answer is read, as simple clients do. */
    @Test
    void whoSendsTooMuchIsToldSo() throws Exception {
        String body = "{\"a\": \"" + "b".repeat(16_000) + "\"}";
        String head = "POST /v1/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + body.length() + "\r\n\r\n";
        try (HttpServer server = HttpServer.start(config(0, 1), keys(), List.of(ECHO))) {
            for (int i = 0; i < 20; i++) {
                try (Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(),
                        URI.create(server.url()).getPort())) {
                    OutputStream out = socket.getOutputStream();
                    out.write(head.getBytes(StandardCharsets.US_ASCII));
                    for (byte one : body.getBytes(StandardCharsets.US_ASCII)) {
                        out.write(one); // in many packets
                    }
                    BufferedReader in =
                            new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                    assertThat(in.readLine()).startsWith("HTTP/1.1 413");
                }
            }
        }
    }

    @Test
    void moreThanABurstIsTooMany() throws Exception {
        try (HttpServer server = HttpServer.start(config(1, 2), keys(), List.of(ECHO))) {
            assertThat(send(server, "v1/me", null).status()).isEqualTo(200);
            assertThat(send(server, "v1/me", null).status()).isEqualTo(200);
            Reply third = send(server, "v1/me", null);
            assertThat(third.status()).isEqualTo(429);
            assertThat(third.code()).isEqualTo("rate_limit_exceeded");
        }
    }

    @Test
    void whatIsWrongIsRefusedInOpenAisShapeAndNothingOfOthersIsTold() throws Exception {
        try (HttpServer server = HttpServer.start(config(0, 1), keys(), List.of(ECHO))) {
            assertThat(send(server, "v1/echo", "{\"a\":1}")).isEqualTo(new Reply(200, "{\"a\":1}"));
            assertThat(send(server, "v1/echo", "{\"a\":").status()).isEqualTo(400);
            assertThat(send(server, "v1/echo", "{} {}").status()).isEqualTo(400);
            assertThat(send(server, "v1/echo", "").code()).isEqualTo("invalid_value");
            assertThat(send(server, "v1/echo", "[]").code()).isEqualTo("invalid_value");
            assertThat(send(server, "v1/echo", "[".repeat(900)).status()).isEqualTo(400);
            assertThat(send(server, "v1/echo", " ".repeat(2_000)).code()).isEqualTo("request_too_large");
            assertThat(send(server, "v1/nothing", null).code()).isEqualTo("unknown_url");
            assertThat(send(server, "v1/me", "{}").code()).isEqualTo("method_not_allowed");
            Reply broken = send(server, "v1/broken", null);
            assertThat(broken.code()).isEqualTo("internal_error");
            assertThat(broken.body()).doesNotContain("secret");
        }
    }
}
