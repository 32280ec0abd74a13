package dev.seine.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectionTest {
    private final Connection connection = new Connection(
            "one:9092,two:9092",
            "https://me:geheim@registry",
            Map.of(
                    "security.protocol", "SASL_SSL",
                    "sasl.jaas.config", "geheim",
                    "ssl.truststore.password", "geheim",
                    "basic.auth.user.info", "me:geheim",
                    "acks", "0"));

    @Test
    void secretsAreNotShown() {
        assertThat(connection.toString())
                .doesNotContain("geheim")
                .contains("one:9092,two:9092", "https://[hidden]@registry", "security.protocol=SASL_SSL");
    }

    @Test
    void propertiesReachKafkasClientsButCannotWeakenThem() {
        Map<String, Object> settings = Settings.producer(connection, "p");
        assertThat(settings)
                .containsEntry("sasl.jaas.config", "geheim")
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true)
                .doesNotContainKey("basic.auth.user.info");
        assertThat(Settings.consumer(connection, "c")).containsEntry("isolation.level", "read_committed");
        assertThat(connection.registryAuth()).contains("me:geheim");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "localhost:", "a:1,,b:2", "a:1,b"})
    void aBrokerIsAHostAndAPort(String bootstrap) {
        assertThatThrownBy(() -> Connection.of(bootstrap, "")).hasMessageContaining("must be HOST:PORT, got");
    }

    @Test
    void theSerdeIsOneOfTwo() {
        assertThatThrownBy(() -> new Connection("a:1", "", Map.of(Connection.SERDE, "json")))
                .hasMessage("seine.serde must be builtin or confluent, got 'json'");
    }
}
