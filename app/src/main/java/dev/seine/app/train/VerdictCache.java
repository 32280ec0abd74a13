package dev.seine.app.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.app.report.Graded.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Verdicts on disk by the hash of everything they depend on: one JSON object a line, written as they come, so that an
 * evaluation that is cut short asks only for the rest. Safe for use by several threads.
 */
final class VerdictCache {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Map<String, Verdict> verdicts = new ConcurrentHashMap<>();

    /** Reads what is there; a last line that was cut short is passed over. */
    VerdictCache(Path file) {
        this.file = file;
        try {
            if (Files.exists(file)) {
                Files.readAllLines(file).forEach(this::read);
                Files.writeString(file, "\n", StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the judge's cache " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private void read(String line) {
        try {
            JsonNode entry = JSON.readTree(line);
            Verdict verdict = Verdict.valueOf(entry.path("verdict").asText());
            verdicts.put(entry.path("id").asText(), verdict);
        } catch (IOException | IllegalArgumentException e) {
            // Cut short, or blank: it is asked for again.
            verdicts.remove("");
        }
    }

    /** SHA-256 over the parts, each with its length, so that no two lists of parts give the same text. */
    static String id(String... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The verdict; null if there is none yet. */
    @Nullable
    Verdict get(String id) {
        return verdicts.get(id);
    }

    synchronized void put(String id, Verdict verdict) {
        try {
            Files.writeString(
                    file,
                    JSON.createObjectNode().put("id", id).put("verdict", verdict.name()) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            verdicts.put(id, verdict);
        } catch (IOException e) {
            throw new UncheckedIOException("the judge's cache " + file + " cannot be written: " + e.getMessage(), e);
        }
    }
}
