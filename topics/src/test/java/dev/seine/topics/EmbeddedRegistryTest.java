package dev.seine.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.event.Question;
import dev.seine.schemas.Compatibility;
import dev.seine.schemas.RegistryClient;
import dev.seine.schemas.RegistryException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedRegistryTest {
    private static final Schema V1 =
            SchemaBuilder.record("T").fields().requiredString("id").endRecord();
    private static final Schema V2 = SchemaBuilder.record("T")
            .fields()
            .requiredString("id")
            .name("n")
            .type()
            .intType()
            .intDefault(0)
            .endRecord();
    private static final Schema BAD = SchemaBuilder.record("T")
            .fields()
            .requiredString("id")
            .requiredInt("m")
            .endRecord();

    private final String url = TestLog.connection().registry();
    private final String subject = "T-" + UUID.randomUUID() + "-value";

    @Test
    void theSameSchemaHasTheSameIdEverywhere() {
        RegistryClient client = client(url);
        int id = client.register(subject, V1);
        assertThat(client(url).register(subject, V1)).isEqualTo(id);
        assertThat(client(url).register("other-" + subject, V1)).isEqualTo(id);
        assertThat(client(url).lookup(subject, V1)).isEqualTo(id);
        assertThat(client(url).byId(id)).isEqualTo(V1);
        assertThat(client.subjects()).contains(subject, "other-" + subject);
    }

    @Test
    void aFieldWithoutDefaultIsRefused() {
        RegistryClient client = client(url);
        client.register(subject, V1);
        assertThat(client.compatible(subject, V2)).isTrue();
        assertThat(client.compatible(subject, BAD)).isFalse();
        assertThatThrownBy(() -> client.register(subject, BAD))
                .isInstanceOfSatisfying(RegistryException.class, e -> {
                    assertThat(e.status()).isEqualTo(409);
                    assertThat(e.code()).isEqualTo(RegistryException.INCOMPATIBLE);
                })
                .hasMessageContaining(subject)
                .hasMessageContaining("cannot read version 1: READER_FIELD_MISSING_DEFAULT_VALUE");
    }

    @Test
    void theLevelOfASubjectDecides() {
        RegistryClient client = client(url);
        assertThat(client.compatibility(subject)).contains(Compatibility.BACKWARD);
        client.register(subject, V1);
        client.setCompatibility(subject, Compatibility.NONE);
        assertThat(client.compatibility(subject)).contains(Compatibility.NONE);
        assertThat(client.compatible(subject, BAD)).isTrue();
    }

    @Test
    void errorsHaveConfluentsCodes() throws Exception {
        client(url).register(subject, V1);
        String schema = "{\"schema\": " + new ObjectMapper().writeValueAsString(V2.toString()) + "}";
        assertThat(code("GET", "/schemas/ids/99999", "")).isEqualTo(40403);
        assertThat(code("GET", "/subjects/none/versions", "")).isEqualTo(40401);
        assertThat(code("GET", "/subjects/" + subject + "/versions/9", "")).isEqualTo(40402);
        assertThat(code("GET", "/subjects/" + subject + "/versions/x", "")).isEqualTo(42202);
        assertThat(code("POST", "/subjects/none", schema)).isEqualTo(40401);
        assertThat(code("POST", "/subjects/" + subject, schema)).isEqualTo(40403);
        assertThat(code("POST", "/subjects/" + subject + "/versions", "{\"schema\": \"{\"}"))
                .isEqualTo(42201);
        assertThat(code("POST", "/subjects/" + subject + "/versions", "{")).isEqualTo(400);
        assertThat(code("POST", "/subjects/" + subject + "/versions", "{\"x\": \"" + "y".repeat(1 << 20) + "\"}"))
                .isEqualTo(413);
        assertThat(code("POST", "/compatibility/subjects/none/versions/latest", schema))
                .isEqualTo(40401);
        assertThat(code("PUT", "/config/" + subject, "{\"compatibility\": \"SOME\"}"))
                .isEqualTo(42203);
        assertThat(code("GET", "/config/" + subject, "")).isEqualTo(40408);
        assertThat(code("GET", "/nothing", "")).isEqualTo(404);
        assertThat(code("DELETE", "/subjects/" + subject, "")).isEqualTo(404);
    }

    @Test
    void aBodyThatIsNotCalledJsonIsRefused() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/subjects/" + subject + "/versions"))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{}"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void confluentsOwnClientRegistersReadsAndIsRefused() throws Exception {
        SchemaRegistryClient confluent = new CachedSchemaRegistryClient(url, 100);
        int id = confluent.register(subject, new AvroSchema(V1.toString()));
        assertThat(client(url).byId(id)).isEqualTo(V1);
        int next = client(url).register(subject, V2);
        assertThat(confluent.getSchemaById(next).canonicalString()).isEqualTo(V2.toString());
        assertThat(confluent.getAllVersions(subject)).containsExactly(1, 2);
        assertThat(confluent.getLatestSchemaMetadata(subject).getId()).isEqualTo(next);
        assertThat(confluent.getVersion(subject, new AvroSchema(V1.toString()))).isEqualTo(1);
        assertThat(confluent.getAllSubjects()).contains(subject);
        assertThat(confluent.updateCompatibility(subject, "BACKWARD")).isEqualTo("BACKWARD");
        assertThat(confluent.getCompatibility(subject)).isEqualTo("BACKWARD");
        AvroSchema bad = new AvroSchema(BAD.toString());
        assertThat(confluent.testCompatibility(subject, bad)).isFalse();
        assertThatThrownBy(() -> confluent.register(subject, bad))
                .isInstanceOfSatisfying(RestClientException.class, e -> {
                    assertThat(e.getStatus()).isEqualTo(409);
                    assertThat(e.getErrorCode()).isEqualTo(409);
                });
        assertThatThrownBy(() -> confluent.getSchemaById(99_999))
                .isInstanceOfSatisfying(RestClientException.class, e -> assertThat(e.getErrorCode())
                        .isEqualTo(40403));
    }

    @Test
    void whatAnOlderProgramWroteIsReadByTheNewOne() throws Exception {
        Schema older = new Schema.Parser().parse(getClass().getResourceAsStream("Question-older.avsc"));
        GenericRecord question = new GenericRecordBuilder(older)
                .set("id", "q")
                .set("text", "What is q?")
                .set("level", "hard")
                .set("answers", List.of("a", "b"))
                .set("source", "test")
                .set("atMs", 1L)
                .build();
        try (Clients clients = new Clients(TestLog.connection());
                EventProducer producer = clients.producer("new")) {
            Topic<Question> topic = TestLog.fresh(clients, Question.class, 1);
            int id = new CachedSchemaRegistryClient(url, 10)
                    .register(topic.name() + "-value", new AvroSchema(older.toString()));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(ByteBuffer.allocate(5).putInt(1, id).array());
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(older).write(question, encoder);
            try (var plain = new KafkaProducer<byte[], byte[]>(Settings.producer(TestLog.connection(), "old"))) {
                plain.send(new ProducerRecord<>(topic.name(), 0, new byte[] {'q'}, bytes.toByteArray()))
                        .get();
            }
            producer.send(topic, "q", Questions.of("q")).join();
            assertThat(client(url).lookup(topic.name() + "-value", Question.getClassSchema()))
                    .isNotEqualTo(id);
            try (EventConsumer<Question> consumer = clients.assign(topic, "reader")) {
                List<Event<Question>> events = new ArrayList<>();
                await().until(() -> events.addAll(consumer.poll(Duration.ofMillis(100))) && events.size() == 2);
                assertThat(events).extracting(Event::value).containsOnly(Questions.of("q"));
            }
        }
    }

    /** On a broker of its own, since the later registry cuts the earlier one off. */
    @Test
    void aLaterRegistryKnowsAllAndIsTheOneThatWrites(@TempDir Path dir) {
        try (EmbeddedBroker broker = EmbeddedBroker.start(dir);
                EmbeddedRegistry earlier = EmbeddedRegistry.start(broker.bootstrap())) {
            int id = client(earlier.url()).register(subject, V1);
            client(earlier.url()).setCompatibility(subject, Compatibility.FULL_TRANSITIVE);
            try (EmbeddedRegistry later = EmbeddedRegistry.start(broker.bootstrap())) {
                assertThat(client(later.url()).byId(id)).isEqualTo(V1);
                assertThat(client(later.url()).lookup(subject, V1)).isEqualTo(id);
                assertThat(client(later.url()).compatibility(subject)).contains(Compatibility.FULL_TRANSITIVE);
                assertThat(client(later.url()).register(subject, V2)).isEqualTo(id + 1);
                assertThatThrownBy(() -> client(earlier.url()).register("x", V2))
                        .hasMessageContaining("another registry has taken over");
            }
        }
    }

    private static RegistryClient client(String url) {
        return new RegistryClient(url, Optional.empty());
    }

    /** The error code of an answer that must be an error. */
    private int code(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        JsonNode json = new ObjectMapper().readTree(answer.body());
        int code = json.path("error_code").asInt();
        // 40401 goes with status 404, 409 with 409
        assertThat(answer.statusCode()).isEqualTo(code > 999 ? code / 100 : code);
        assertThat(json.path("message").asText()).isNotEmpty();
        return code;
    }
}
