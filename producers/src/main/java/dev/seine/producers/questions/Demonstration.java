package dev.seine.producers.questions;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An answered question to imitate, one line of a cold-start file.
 *
 * @param id identity within the file
 * @param question the question
 * @param answers accepted answers
 * @param prompt text of the prompt; not trained
 * @param response text after it, with the documents that searches returned; the documents are not trained
 */
public record Demonstration(String id, String question, List<String> answers, String prompt, String response) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads the demonstrations of a file that {@link #write} wrote. */
    public static List<Demonstration> read(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            List<Demonstration> demonstrations = new ArrayList<>();
            for (String line : (Iterable<String>) lines::iterator) {
                demonstrations.add(JSON.readValue(line, Demonstration.class));
            }
            return List.copyOf(demonstrations);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read demonstrations from " + file, e);
        }
    }

    /** Writes demonstrations as JSONL, replacing the file. */
    public static void write(Path file, List<Demonstration> demonstrations) {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (Demonstration demonstration : demonstrations) {
                out.write(JSON.writeValueAsString(demonstration));
                out.newLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write demonstrations to " + file, e);
        }
    }
}
