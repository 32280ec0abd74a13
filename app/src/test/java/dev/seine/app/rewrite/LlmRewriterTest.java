package dev.seine.app.rewrite;

import static dev.seine.app.rewrite.FakeEndpoint.raw;
import static dev.seine.app.rewrite.FakeEndpoint.says;
import static dev.seine.app.rewrite.FakeEndpoint.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.app.chat.ChatClient;
import dev.seine.streams.memory.Rewritten;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What an endpoint may do, and what comes of it. The trajectory searched for the capital of France and answered Paris. */
class LlmRewriterTest {
    private static final String GOOD = "<internal> The capital of France is Paris. </internal> \\boxed{ Paris }";

    private final RewriteCounts counts = new RewriteCounts();

    @Test
    void aReplyThatParsesAndIsRightIsKeptWithThePassagesItNames() {
        try (FakeEndpoint endpoint = new FakeEndpoint(says(GOOD))) {
            assertThat(rewrite(endpoint)).contains(new Rewritten(GOOD, List.of("capital/France")));
            assertThat(endpoint.bodies.get(0))
                    .contains("\"model\":\"small\"", "<external> capital of France </external>");
            assertThat(endpoint.authorizations).containsExactly("Bearer secret-key");
        }
    }

    @Test
    void serverErrorsAreTriedAgain() {
        try (FakeEndpoint endpoint = new FakeEndpoint(status(500), status(429), says(GOOD))) {
            assertThat(rewrite(endpoint)).isPresent();
            assertThat(endpoint.bodies).hasSize(3);
        }
    }

    @Test
    void attemptsEnd() {
        try (FakeEndpoint endpoint = new FakeEndpoint(status(503))) {
            assertThat(rewrite(endpoint)).isEmpty();
            assertThat(endpoint.bodies).hasSize(3);
            assertThat(counts.counts().failed()).isEqualTo(1);
        }
    }

    @Test
    void aRefusalIsNotTriedAgainAndNamesNeitherKeyNorBody() {
        try (FakeEndpoint endpoint = new FakeEndpoint(status(401))) {
            ChatClient chat = new ChatClient(config(endpoint.url()).endpoint(), Optional.of("secret-key"));
            assertThatThrownBy(() -> chat.ask("s", "u")).hasMessage("the endpoint answered 401");
            assertThat(endpoint.bodies).hasSize(1);
        }
    }

    @Test
    void aBodyThatStallsEndsWithTheTimeOut() {
        try (FakeEndpoint endpoint = new FakeEndpoint()) {
            endpoint.then(endpoint.stalls());
            assertThat(rewrite(endpoint)).isEmpty();
            assertThat(counts.counts().failed()).isEqualTo(1);
        }
    }

    @Test
    void anEndpointThatIsNotThereIsAFailure() {
        String gone;
        try (FakeEndpoint endpoint = new FakeEndpoint(says(GOOD))) {
            gone = endpoint.url();
        }
        assertThat(rewriter(gone).rewrite(Searched.trajectory(0))).isEmpty();
        assertThat(counts.counts().failed()).isEqualTo(1);
    }

    @Test
    void garbageIsNotTriedAgain() {
        for (String garbage :
                List.of("<html>", "{\"choices\": []}", "{\"choices\": [{\"message\": {\"content\": 7}}]}", "")) {
            try (FakeEndpoint endpoint = new FakeEndpoint(raw(garbage))) {
                assertThat(rewrite(endpoint)).as(garbage).isEmpty();
                assertThat(endpoint.bodies).as(garbage).hasSize(1);
            }
        }
        assertThat(counts.counts().failed()).isEqualTo(4);
    }

    @Test
    void aReplyBeyondItsBoundIsNotRead() {
        // the bound is 4,096 bytes
        try (FakeEndpoint endpoint = new FakeEndpoint(says("x".repeat(5_000)))) {
            ChatClient chat = new ChatClient(config(endpoint.url()).endpoint(), Optional.empty());
            assertThatThrownBy(() -> chat.ask("s", "u")).hasMessageContaining("longer than 4096 bytes");
            assertThat(endpoint.bodies).hasSize(1);
            assertThat(endpoint.authorizations).containsExactly("null");
        }
    }

    @Test
    void whatDoesNotPassTheVerificationIsCountedByReason() {
        Map<String, String> replies = Map.of(
                "<external> capital of France </external> <document> d </document> \\boxed{ Paris }", "searches",
                "\\boxed{ Paris", "malformed",
                "<internal> The capital of France is Lyon. </internal> \\boxed{ Lyon }", "wrong-answer");
        replies.forEach((reply, reason) -> {
            try (FakeEndpoint endpoint = new FakeEndpoint(says(reply))) {
                assertThat(rewrite(endpoint)).as(reply).isEmpty();
            }
        });
        assertThat(counts.counts())
                .isEqualTo(new RewriteCounts.Counts(0, 0, Map.of("searches", 1L, "malformed", 1L, "wrong-answer", 1L)));
    }

    @Test
    void theEndpointMustBeNamedWhereALanguageModelIsToRewrite() {
        assertThatThrownBy(() -> config("")).hasMessage("rewrite.url must be an http or https address, got ''");
    }

    private Optional<Rewritten> rewrite(FakeEndpoint endpoint) {
        return rewriter(endpoint.url()).rewrite(Searched.trajectory(0));
    }

    private LlmRewriter rewriter(String url) {
        return new LlmRewriter(new ChatClient(config(url).endpoint(), Optional.of("secret-key")), counts);
    }

    static RewriteConfig config(String url) {
        return new RewriteConfig("llm", url, "small", 0, 64, Duration.ofMillis(400), 3, Duration.ofMillis(1), 4_096, 2);
    }
}
