package dev.seine.producers;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Reads the JSON objects of a file: one object a line (JSONL), or one array of objects. A bad line is reported and the
 * rest goes on; a syntax error inside an array is reported and ends the array, since nothing after it can be trusted.
 */
public final class JsonRecords {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonRecords() {}

    /** Takes one object. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes an object, with its line from 1.
         *
         * @throws IllegalArgumentException to have it refused, with the message as cause
         */
        void accept(long line, JsonNode object);
    }

    /** Hands the objects to the sink in the order of the file. A file that cannot be read at all is an error. */
    public static void read(Path file, Sink sink, Consumer<RefusedLine> refused) {
        try {
            if (array(file)) {
                elements(file, sink, refused);
            } else {
                TextLines.read(file, (number, line) -> sink.accept(number, object(line)), refused);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("file " + file + " cannot be read: " + e, e);
        }
    }

    /** The text at this field, stripped: a string, number or boolean; empty if it is absent, null or of another type. */
    public static String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isValueNode() && !value.isNull() ? value.asText().strip() : "";
    }

    /** Whether a file holds one array rather than an object a line. */
    public static boolean array(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String start = new String(in.readNBytes(4096), StandardCharsets.ISO_8859_1);
            return start.replace("\u00EF\u00BB\u00BF", "").stripLeading().startsWith("[");
        }
    }

    private static void elements(Path file, Sink sink, Consumer<RefusedLine> refused) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                JsonParser parser = JSON.createParser(in)) {
            long line = 1;
            try {
                parser.nextToken();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    line = parser.currentTokenLocation().getLineNr();
                    if (parser.currentToken() == null) {
                        throw new IOException("the array does not end");
                    }
                    JsonNode node = parser.readValueAsTree();
                    element(file, line, node, sink, refused);
                }
            } catch (IOException e) {
                refused.accept(
                        new RefusedLine(file, line, "not JSON, everything from here is left out: " + firstLine(e)));
            }
        }
    }

    private static void element(Path file, long line, JsonNode node, Sink sink, Consumer<RefusedLine> refused) {
        try {
            sink.accept(line, object(node));
        } catch (IllegalArgumentException e) {
            refused.accept(new RefusedLine(file, line, String.valueOf(e.getMessage())));
        }
    }

    /**
     * The object that a line holds.
     *
     * @throws IllegalArgumentException if it holds none
     */
    public static JsonNode object(String line) {
        try {
            return object(JSON.readTree(line));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + firstLine(e), e);
        }
    }

    private static JsonNode object(JsonNode node) {
        if (!node.isObject()) {
            throw new IllegalArgumentException("expected an object, got " + node.getNodeType());
        }
        return node;
    }

    /** Jackson's messages quote the source on further lines. */
    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
