package dev.seine.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class EventSchemasTest {
    private static final Path FOLDER = Path.of("src", "main", "avro");

    static List<Path> files() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.sorted().toList();
        }
    }

    @Test
    void thereAreSeventeenSchemasInTheOrderEventsFlow() throws IOException {
        List<Path> files = files();
        assertThat(files).hasSize(17);
        for (int i = 0; i < files.size(); i++) {
            assertThat(files.get(i).getFileName().toString()).startsWith("%02d-".formatted(i));
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyTypeAndEveryFieldSaysWhatItIs(Path file) throws IOException {
        JsonNode schema = new ObjectMapper().readTree(file.toFile());
        assertThat(file.getFileName().toString())
                .isEqualTo(file.getFileName().toString().substring(0, 3)
                        + schema.path("name").asText() + ".avsc");
        assertThat(undocumented(schema)).isEmpty();
    }

    private static List<String> undocumented(JsonNode node) {
        List<String> found = new ArrayList<>();
        boolean named = node.isObject() && node.path("name").isTextual();
        if (named && node.path("doc").asText().length() < 5) {
            found.add(node.path("name").asText());
        }
        node.forEach(child -> found.addAll(undocumented(child)));
        return found;
    }
}
