package dev.seine.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RegistryClientTest {
    private static final Schema SCHEMA =
            SchemaBuilder.record("T").fields().requiredString("id").endRecord();
    private static final String REGISTER = "POST /subjects/s%2F1/versions";

    private final FakeRegistry registry = new FakeRegistry();
    private final RegistryClient client = new RegistryClient(registry.url(), Optional.empty());

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void anIdIsAskedForOnce() {
        registry.on(REGISTER, 200, "{\"id\": 7}");
        assertThat(client.register("s/1", SCHEMA)).isEqualTo(7);
        assertThat(client.register("s/1", SCHEMA)).isEqualTo(7);
        assertThat(registry.asked()).hasSize(1);
        assertThat(registry.asked().get(0).body()).startsWith("{\"schema\":\"{\\\"type\\\":\\\"record\\\"");
    }

    @Test
    void aSchemaIsAskedForOnce() {
        registry.on("GET /schemas/ids/7", 200, "{\"schema\": \"\\\"string\\\"\"}");
        assertThat(client.byId(7)).isEqualTo(Schema.create(Schema.Type.STRING));
        assertThat(client.byId(7)).isEqualTo(Schema.create(Schema.Type.STRING));
        assertThat(registry.asked()).hasSize(1);
    }

    @Test
    void aRefusalSaysStatusCodeAndSubject() {
        registry.on(REGISTER, 409, "{\"error_code\": 409, \"message\": \"does not fit\"}");
        assertThatThrownBy(() -> client.register("s/1", SCHEMA))
                .isInstanceOfSatisfying(RegistryException.class, e -> {
                    assertThat(e.status()).isEqualTo(409);
                    assertThat(e.unavailable()).isFalse();
                })
                .hasMessageEndingWith("/subjects/s%2F1/versions: status 409, code 409: does not fit");
    }

    @Test
    void theNextUrlIsAskedWhereOneFails() {
        try (FakeRegistry broken = new FakeRegistry().on(REGISTER, 503, "<html>busy</html>")) {
            registry.on(REGISTER, 200, "{\"id\": 7}");
            String urls = "http://127.0.0.1:1, " + broken.url() + "/, " + registry.url();
            assertThat(new RegistryClient(urls, Optional.empty()).register("s/1", SCHEMA))
                    .isEqualTo(7);
            assertThat(broken.asked()).hasSize(1);
        }
    }

    @Test
    void aRefusalIsNotAskedAgainElsewhere() {
        try (FakeRegistry other = new FakeRegistry()) {
            registry.on("GET /schemas/ids/7", 404, "{\"error_code\": 40403, \"message\": \"none\"}");
            RegistryClient both = new RegistryClient(registry.url() + "," + other.url(), Optional.empty());
            assertThatThrownBy(() -> both.byId(7))
                    .isInstanceOfSatisfying(
                            RegistryException.class, e -> assertThat(e.code()).isEqualTo(RegistryException.NO_SCHEMA));
            assertThat(other.asked()).isEmpty();
        }
    }

    @Test
    void silenceIsUnavailability() {
        RegistryClient deaf = new RegistryClient("http://127.0.0.1:1", Optional.empty());
        assertThatThrownBy(deaf::subjects)
                .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.unavailable())
                        .isTrue())
                .hasMessageContaining("no answer from the registry to GET http://127.0.0.1:1/subjects");
    }

    @Test
    void basicAuthIsSent() {
        registry.on("GET /subjects", 200, "[\"a\"]");
        assertThat(new RegistryClient(registry.url(), Optional.of("me:pw")).subjects())
                .containsExactly("a");
        // base64 of 'me:pw'
        assertThat(registry.asked().get(0).authorization()).isEqualTo("Basic bWU6cHc=");
    }

    @Test
    void aNewSubjectIsCompatibleWithAnything() {
        registry.on(
                "POST /compatibility/subjects/s/versions/latest",
                404,
                "{\"error_code\": 40401, \"message\": \"none\"}");
        assertThat(client.compatible("s", SCHEMA)).isTrue();
        registry.on("POST /compatibility/subjects/s/versions/latest", 200, "{\"is_compatible\": false}");
        assertThat(client.compatible("s", SCHEMA)).isFalse();
    }

    @Test
    void anUnknownLevelIsNoLevel() {
        assertThat(client.compatibility("s")).isEmpty();
        registry.on("GET /config/s?defaultToGlobal=true", 200, "{\"compatibilityLevel\": \"FULL\"}");
        assertThat(client.compatibility("s")).contains(Compatibility.FULL);
    }

    @Test
    void schemasWithReferencesAreRefusedLoudly() {
        registry.on("GET /schemas/ids/7", 200, "{\"schema\": \"\\\"string\\\"\", \"references\": [{}]}");
        assertThatThrownBy(() -> client.byId(7)).hasMessageContaining("schema id 7: expected plain AVRO");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " , ", "registry:8081", "ftp://registry", "http://a b"})
    void anAddressIsAnHttpUrl(String url) {
        assertThatThrownBy(() -> new RegistryClient(url, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("registry: expected");
    }
}
