package dev.seine.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a question ought to be answered: one line of a cold-start file.
 *
 * @param id identity in its file
 * @param question the question
 * @param answers accepted answers
 * @param prompt text of the prompt; not trained
 * @param response what follows the prompt, documents blocks inside; these are not trained
 */
public record Demonstration(String id, String question, List<String> answers, String prompt, String response) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Copies the list. */
    public Demonstration {
        answers = List.copyOf(answers);
    }

    /** Writes demonstrations, one JSON object a line, replacing the file. */
    public static void write(Path jsonl, List<Demonstration> demonstrations) {
        try (BufferedWriter out = Files.newBufferedWriter(jsonl)) {
            for (Demonstration demonstration : demonstrations) {
                out.write(JSON.writeValueAsString(demonstration));
                out.newLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + jsonl, e);
        }
    }

    /**
     * Reads a file with one JSON object {@code {"id", "prompt", "response", ..}} a line; empty lines are passed over.
     *
     * @throws IllegalArgumentException naming file and line of what cannot be read
     */
    public static List<Demonstration> read(Path jsonl) {
        List<Demonstration> all = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(jsonl)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    all.add(parse(line, jsonl + ":" + number));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + jsonl, e);
        }
        return List.copyOf(all);
    }

    private static Demonstration parse(String line, String place) {
        JsonNode node;
        try {
            node = JSON.readTree(line);
        } catch (IOException e) {
            throw new IllegalArgumentException(place + ": not JSON: " + e.getMessage(), e);
        }
        List<String> answers = new ArrayList<>();
        node.path("answers").forEach(answer -> answers.add(answer.asText()));
        return new Demonstration(
                node.path("id").asText(place),
                node.path("question").asText(""),
                answers,
                text(node, "prompt", place),
                text(node, "response", place));
    }

    private static String text(JsonNode node, String field, String place) {
        JsonNode value = node.path(field);
        if (!value.isTextual() || value.asText().isBlank()) {
            throw new IllegalArgumentException(place + ": field " + field + " must be text, got " + value);
        }
        return value.asText();
    }
}
