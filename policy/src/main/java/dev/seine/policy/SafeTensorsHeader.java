package dev.seine.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The header of a safetensors file, checked against the file's size.
 *
 * @param dataStart position in the file of the arrays' first byte
 * @param entries arrays in the order of their bytes, which follow one another without gaps
 * @param metadata text entries
 */
record SafeTensorsHeader(long dataStart, List<Entry> entries, Map<String, String> metadata) {
    /** Larger headers are refused, as by the format's reference implementation. */
    private static final long MAX_LENGTH = 100_000_000;

    private static final Map<String, Type> TYPES =
            Map.of("F32", new Type(4, 6), "I64", new Type(8, 4), "F16", new Type(2, 5), "BF16", new Type(2, 15));
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /**
     * A type of numbers.
     *
     * @param width bytes of a number
     * @param scalar its number in libtorch
     */
    private record Type(int width, int scalar) {}

    /**
     * One array.
     *
     * @param type name of the type in the format
     * @param begin first byte, counted from the arrays' first byte
     * @param end byte after the last
     */
    record Entry(String name, String type, Shape shape, long begin, long end) {
        /** Bytes of one value. */
        int width() {
            return known(type).width();
        }

        /** The type's number in libtorch. */
        int scalarType() {
            return known(type).scalar();
        }
    }

    static SafeTensorsHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        long length = size < 8 ? -1 : bytes(file, channel, 0, 8).getLong();
        if (length < 2 || length > MAX_LENGTH || length > size - 8) {
            throw fault(file, "is no safetensors file or is cut: its size is " + size + ", its header says " + length);
        }
        byte[] text = bytes(file, channel, 8, (int) length).array();
        JsonNode node;
        try {
            node = JSON.readTree(new String(text, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw fault(file, "has a header that is not JSON: " + e.getOriginalMessage());
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        node.properties().forEach(field -> {
            if (field.getKey().equals("__metadata__")) {
                field.getValue()
                        .properties()
                        .forEach(m -> metadata.put(m.getKey(), m.getValue().asText()));
            } else {
                entries.add(entry(file, field.getKey(), field.getValue()));
            }
        });
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long at = 0;
        for (Entry entry : entries) {
            if (entry.begin() != at) {
                throw fault(file, entry.name() + " begins at byte " + entry.begin() + ", expected " + at);
            }
            at = entry.end();
        }
        if (at != size - 8 - length) {
            throw fault(file, "holds " + (size - 8 - length) + " bytes of arrays, its header says " + at);
        }
        return new SafeTensorsHeader(8 + length, List.copyOf(entries), Map.copyOf(metadata));
    }

    /** The length and the header of a file that holds {@code arrays} in the map's order, int64 ones as they are and all others as floats. */
    static byte[] bytes(Map<String, NDArray> arrays, Precision floats, Map<String, String> metadata) {
        ObjectNode node = JSON.createObjectNode();
        ObjectNode texts = node.putObject("__metadata__");
        metadata.forEach(texts::put);
        long at = 0;
        for (Map.Entry<String, NDArray> entry : arrays.entrySet()) {
            NDArray array = entry.getValue();
            String type = type(entry.getKey(), array.getDataType(), floats);
            long end = at + array.size() * known(type).width();
            ObjectNode written = node.putObject(entry.getKey()).put("dtype", type);
            ArrayNode shape = written.putArray("shape");
            for (long dimension : array.getShape().getShape()) {
                shape.add(dimension);
            }
            written.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        try {
            String json = JSON.writeValueAsString(node);
            byte[] text = json.getBytes(StandardCharsets.UTF_8);
            int padded = (text.length + 7) / 8 * 8; // keeps the arrays aligned
            ByteBuffer header = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
            header.putLong(padded).put(text);
            while (header.hasRemaining()) {
                header.put((byte) ' ');
            }
            return header.array();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("writing JSON to memory failed", e);
        }
    }

    /** DJL does not know bfloat16, and says so. */
    private static String type(String name, DataType type, Precision floats) {
        return switch (type) {
            case INT64 -> "I64";
            case FLOAT32, BFLOAT16, UNKNOWN -> floats.safetensors();
            default -> throw new IllegalArgumentException(name + " must be float32 or int64, got " + type);
        };
    }

    private static Type known(String type) {
        return Objects.requireNonNull(TYPES.get(type), () -> "no type " + type);
    }

    private static Entry entry(Path file, String name, JsonNode node) {
        String type = node.path("dtype").asText();
        Type known = TYPES.get(type);
        if (known == null) {
            throw fault(file, name + " is of type " + type + ", expected one of F32, F16, BF16, I64");
        }
        JsonNode offsets = node.path("data_offsets");
        long begin = offsets.path(0).asLong(-1);
        long end = offsets.path(1).asLong(-1);
        long[] shape = new long[node.path("shape").size()];
        long size = known.width();
        try {
            for (int i = 0; i < shape.length; i++) {
                shape[i] = node.path("shape").path(i).asLong(-1);
                size = Math.multiplyExact(size, shape[i]);
            }
        } catch (ArithmeticException e) {
            size = -1;
        }
        if (begin < 0 || size < 0 || end - begin != size) {
            throw fault(file, name + " has the impossible entry " + node);
        }
        return new Entry(name, type, new Shape(shape), begin, end);
    }

    private static ByteBuffer bytes(Path file, FileChannel channel, long at, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw fault(file, "ends within its header");
            }
        }
        return bytes.flip();
    }

    private static IllegalArgumentException fault(Path file, String fault) {
        return new IllegalArgumentException(file + " " + fault);
    }
}
