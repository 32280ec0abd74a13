package dev.seine.producers.retrieval.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.seine.event.Passage;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.producers.retrieval.SearchUnavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RerankServerTest {
    private static final List<Passage> FOUND = Stream.of("Oslo", "Tunis", "Lima")
            .map(title -> Passage.newBuilder()
                    .setId(title.toLowerCase(java.util.Locale.ROOT))
                    .setTitle(title)
                    .setText(title + " is a city.")
                    .setScore(1)
                    .build())
            .toList();

    private final HttpServer server;
    private final List<String> asked = new ArrayList<>();
    private int status = 200;
    private String reply = "";

    RerankServerTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/rerank", exchange -> {
            asked.add(exchange.getRequestHeaders().getFirst("Authorization"));
            asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] bytes = reply.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            try (var out = exchange.getResponseBody()) {
                out.write(bytes);
            } catch (IOException e) {
                asked.add("cut off");
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private List<Passage> rerank() {
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/rerank";
        try (RerankServer reranker =
                new RerankServer(new RerankConfig(url, "cross", 20, Duration.ofSeconds(10)), Optional.of("secret"))) {
            return reranker.rerank("Where is Lima?", FOUND);
        }
    }

    @Test
    void theServersScoresAreTheOrder() {
        reply =
                """
                {"results": [{"index": 2, "relevance_score": 0.9}, {"index": 0, "relevance_score": -1.5},
                 {"index": 1, "relevance_score": 0.25, "document": {"text": "ignored"}}], "usage": {}}""";
        assertThat(rerank()).extracting(Passage::getTitle).containsExactly("Lima", "Tunis", "Oslo");
        assertThat(rerank()).extracting(Passage::getScore).containsExactly(0.9, 0.25, -1.5);
        assertThat(asked.get(0)).isEqualTo("Bearer secret");
        assertThat(asked.get(1))
                .isEqualTo(
                        "{\"model\":\"cross\",\"query\":\"Where is Lima?\",\"documents\":[\"Oslo\\nOslo is a city.\","
                                + "\"Tunis\\nTunis is a city.\",\"Lima\\nLima is a city.\"],\"top_n\":3,\"truncate_prompt_tokens\":-1}");
    }

    @Test
    void itIsAskedForMoreThanAreWanted() {
        reply =
                """
                {"results": [{"index": 0, "relevance_score": 1}, {"index": 1, "relevance_score": 2},
                 {"index": 2, "relevance_score": 3}]}""";
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/rerank";
        List<Integer> wanted = new ArrayList<>();
        try (RerankServer reranker =
                        new RerankServer(new RerankConfig(url, "", 20, Duration.ofSeconds(10)), Optional.empty());
                Retriever retriever = reranker.over(
                        (query, k) -> {
                            wanted.add(k);
                            return FOUND;
                        },
                        20)) {
            assertThat(retriever.search("q", 2)).extracting(Passage::getTitle).containsExactly("Lima", "Tunis");
        }
        assertThat(wanted).containsExactly(20);
        assertThat(asked.get(0)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"results\": [{\"index\": 0, \"relevance_score\": 1}]}",
                "{\"results\": [{\"index\": 3, \"relevance_score\": 1}]}",
                "{\"results\": [{\"index\": 0, \"relevance_score\": 1}, {\"index\": 0, \"relevance_score\": 1}]}",
                "{\"results\": [{\"index\": 0, \"relevance_score\": \"NaN\"}]}",
                "{\"data\": []}",
                "<html>",
                ""
            })
    void aReplyThatDoesNotScoreEachPassageOnceIsRefused(String said) {
        reply = said;
        assertThatThrownBy(this::rerank)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("/v1/rerank")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aReplyWithoutEndIsNotReadToItsEnd() {
        reply = " ".repeat((4 << 20) + 1);
        assertThatThrownBy(this::rerank).hasMessageContaining("answered with more than 4194304 bytes");
    }

    @Test
    void anOutageMayPassAndARefusalDoesNot() {
        status = 503;
        assertThatThrownBy(this::rerank).isInstanceOf(SearchUnavailable.class).hasMessageContaining("answered 503");
        status = 401;
        assertThatThrownBy(this::rerank)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("answered 401");
        server.stop(0);
        assertThatThrownBy(this::rerank).isInstanceOf(SearchUnavailable.class).hasMessageContaining("does not answer");
    }

    @Test
    void aConfigurationThatCannotBeIsRefused() {
        assertThatThrownBy(() -> new RerankConfig("file:///etc/passwd", "", 20, Duration.ofSeconds(1)))
                .hasMessage("retrieve.rerank.url must be an http(s) address or '', got 'file:///etc/passwd'");
        assertThatThrownBy(() -> new RerankConfig("", "", 0, Duration.ofSeconds(1)))
                .hasMessageContaining("retrieve.rerank.depth must be at least 1");
    }
}
