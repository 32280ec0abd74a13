package dev.seine.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.seine.event.Question;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AvroSerdeTest {
    private static final Question QUESTION = Question.newBuilder()
            .setId("q")
            .setText("Where is Reykjavik?")
            .setAnswers(List.of("Iceland"))
            .setSource("test")
            .setAtMs(5)
            .build();

    private final FakeRegistry registry = new FakeRegistry()
            .on("GET /config/questions-value?defaultToGlobal=true", 200, "{\"compatibilityLevel\": \"NONE\"}")
            .on("PUT /config/questions-value", 200, "{\"compatibility\": \"BACKWARD\"}")
            .on("POST /subjects/questions-value/versions", 200, "{\"id\": 258}");
    private final AvroSerde<Question> serde = serde();

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void bytesAreZeroThenTheIdThenAvro() {
        byte[] bytes = serde.serialize("questions", QUESTION);
        // 258 = 0x00000102; then the id: length 1 in zigzag is 2, then 'q'
        assertThat(Arrays.copyOf(bytes, 7)).containsExactly(0, 0, 0, 1, 2, 2, 'q');
    }

    @Test
    void whatIsWrittenIsRead() {
        known(258, Question.getClassSchema());
        assertThat(serde().deserialize("questions", serde.serialize("questions", QUESTION)))
                .isEqualTo(QUESTION);
    }

    @Test
    void aSubjectIsMadeBackwardBeforeItIsWritten() {
        serde.serialize("questions", QUESTION);
        serde.serialize("questions", QUESTION);
        assertThat(registry.asked())
                .extracting(FakeRegistry.Asked::what)
                .containsExactly(
                        "GET /config/questions-value?defaultToGlobal=true",
                        "PUT /config/questions-value",
                        "POST /subjects/questions-value/versions");
        assertThat(registry.asked().get(1).body()).isEqualTo("{\"compatibility\":\"BACKWARD\"}");
    }

    @Test
    void aStricterSubjectStaysAsItIs() {
        registry.on(
                "GET /config/questions-value?defaultToGlobal=true",
                200,
                "{\"compatibilityLevel\": \"FULL_TRANSITIVE\"}");
        serde.serialize("questions", QUESTION);
        assertThat(registry.asked()).extracting(FakeRegistry.Asked::what).doesNotContain("PUT /config/questions-value");
    }

    @Test
    void whatAnOlderSchemaWroteIsReadWithDefaults() throws Exception {
        Schema older = SchemaBuilder.record("Question")
                .namespace("dev.seine.event")
                .fields()
                .requiredString("id")
                .requiredString("text")
                .requiredString("dropped")
                .name("answers")
                .type()
                .array()
                .items()
                .stringType()
                .noDefault()
                .requiredString("source")
                .requiredInt("atMs") // widened to long since
                .endRecord();
        known(9, older);
        GenericRecord written = new GenericRecordBuilder(older)
                .set("id", "q")
                .set("text", "Where is Reykjavik?")
                .set("dropped", "x")
                .set("answers", List.of("Iceland"))
                .set("source", "test")
                .set("atMs", 5)
                .build();
        assertThat(serde.deserialize("questions", bytes(9, written))).isEqualTo(QUESTION);
    }

    @Test
    void nullIsNull() {
        assertThat(serde.serialize("questions", null)).isNull();
        assertThat(serde.deserialize("questions", null)).isNull();
    }

    @Test
    void badBytesAreToldApart() {
        known(258, Question.getClassSchema());
        known(3, Schema.create(Schema.Type.STRING));
        byte[] good = serde.serialize("questions", QUESTION);
        refused(new byte[] {0, 1, 2}, "questions: expected at least 5 bytes (0 and the schema id), got 3");
        refused(new byte[] {1, 0, 0, 1, 2, 0}, "questions: expected 0 as the first byte, got 1");
        refused(new byte[] {0, 0, 0, 0, 77, 0}, "questions: no schema of id 77");
        refused(Arrays.copyOf(good, good.length - 1), "questions: " + (good.length - 1) + " bytes end within");
        refused(Arrays.copyOf(good, good.length + 1), "questions: bytes are left after the Question");
        refused(new byte[] {0, 0, 0, 0, 3, 2, 'x'}, "questions: bytes of schema id 3 are not a Question");
        refused(new byte[AvroSerde.MAX_BYTES + 1], "questions: expected at most 16777216 bytes, got 16777217");
    }

    @Test
    void aClaimedLengthIsNotBelieved() {
        known(258, Question.getClassSchema());
        // id "q" and text "", then an array of claimedly 2^30 answers: zigzag 2^31 is 80 80 80 80 08
        byte[] items = {0, 0, 0, 1, 2, 2, 'q', 0, -128, -128, -128, -128, 8};
        refused(items, "questions: ");
        // an id of claimedly 2^30 characters
        byte[] characters = {0, 0, 0, 1, 2, -128, -128, -128, -128, 8};
        refused(characters, "questions: ");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomBytesNeverDoWorseThanARefusal(long seed) {
        known(258, Question.getClassSchema());
        byte[] good = serde.serialize("questions", QUESTION);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = good.clone();
            for (int flips = random.nextInt(1, 6); flips > 0; flips--) {
                bytes[random.nextInt(5, bytes.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(serde.deserialize("questions", bytes)).isNotNull();
            } catch (SerializationException e) {
                assertThat(e).hasMessageStartingWith("questions: ");
            }
        }
    }

    @Test
    void aRegistryThatFailsIsNoBadRecord() {
        registry.on("GET /schemas/ids/5", 500, "");
        assertThatThrownBy(() -> serde.deserialize("questions", new byte[] {0, 0, 0, 0, 5, 1}))
                .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.unavailable())
                        .isTrue());
    }

    @Test
    void keysAreNotItsBusiness() {
        assertThatThrownBy(() -> serde.configure(Map.of(), true)).hasMessageContaining("keys are plain strings");
    }

    private void refused(byte[] bytes, String message) {
        assertThatThrownBy(() -> serde.deserialize("questions", bytes))
                .isInstanceOf(SerializationException.class)
                .hasMessageStartingWith(message);
    }

    private AvroSerde<Question> serde() {
        return new AvroSerde<>(new RegistryClient(registry.url(), Optional.empty()), Question.class);
    }

    private void known(int id, Schema schema) {
        String quoted = new TextNode(schema.toString()).toString();
        registry.on("GET /schemas/ids/" + id, 200, "{\"schema\": " + quoted + "}");
    }

    private static byte[] bytes(int id, GenericRecord value) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(value.getSchema()).write(value, encoder);
        encoder.flush();
        return out.toByteArray();
    }
}
