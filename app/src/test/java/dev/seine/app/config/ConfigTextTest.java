package dev.seine.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTextTest {
    record Service(String url, Optional<String> apiKey, Duration patience) {}

    record Config(int maxTokens, Path folder, List<String> tags, Service service, Map<String, String> kafka) {}

    private static final Config CONFIG = new Config(
            512,
            Path.of("runs"),
            List.of("a\"b"),
            new Service("http://me:pw@host:1", Optional.of("k-123"), Duration.ofMillis(90_500)),
            Map.of("ssl.key.password", "pw", "ssl.keystore.location", "/k"));

    @Test
    void recordsAreWrittenAsTomlWithoutSecrets() {
        assertThat(ConfigText.toml(CONFIG))
                .isEqualTo(
                        """
                max-tokens = 512
                folder = "runs"
                tags = ["a\\"b"]

                [service]
                url = "http://(hidden)@host:1"
                api-key = "(hidden)"
                patience = "1m30s500ms"

                [kafka]
                "ssl.key.password" = "(hidden)"
                "ssl.keystore.location" = "/k"
                """);
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Config open = new Config(
                512,
                Path.of("a\\b"),
                List.of(),
                new Service("http://host", Optional.empty(), Duration.ZERO),
                Map.of("acks", "all"));

        Config read = ConfigLoader.load(Config.class, List.of(new Source.Document("text", ConfigText.toml(open))));

        assertThat(read).isEqualTo(open);
    }

    @ParameterizedTest
    @ValueSource(strings = {"password", "sasl.jaas.config", "api-key", "client_secret", "access.token"})
    void keysOfSecretsAreKnown(String key) {
        assertThat(ConfigText.secret(key)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-tokens", "tokenizer", "ssl.keystore.location", "keyboard"})
    void keysThatOnlyLookAlikeAreNot(String key) {
        assertThat(ConfigText.secret(key)).isFalse();
    }
}
