package dev.seine.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The weights of a model in one safetensors file or in several, with their headers read and checked against the files' sizes: what is
 * missing, of another shape or cut is known before any array is made.
 */
final class Shards {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private static final int SHOWN = 5;

    private final Path source;
    private final Map<String, Place> places;
    private final Map<String, String> metadata;

    private record Place(Path file, SafeTensorsHeader header, SafeTensorsHeader.Entry entry) {}

    private Shards(Path source, Map<String, Place> places, Map<String, String> metadata) {
        this.source = source;
        this.places = places;
        this.metadata = metadata;
    }

    /**
     * A file, or a folder with a {@code model.safetensors.index.json} or a {@code model.safetensors}.
     *
     * @throws IllegalArgumentException naming the file, and the array if there is one, of what is missing, cut or corrupt
     */
    static Shards of(Path fileOrFolder) {
        if (!Files.isDirectory(fileOrFolder)) {
            return of(fileOrFolder, List.of(fileOrFolder));
        }
        Path index = fileOrFolder.resolve(INDEX);
        if (Files.exists(index)) {
            return indexed(fileOrFolder, index);
        }
        Path single = fileOrFolder.resolve(SINGLE);
        if (!Files.exists(single)) {
            throw new IllegalArgumentException(fileOrFolder + " has neither " + SINGLE + " nor " + INDEX);
        }
        return of(single, List.of(single));
    }

    private static Shards indexed(Path folder, Path index) {
        Map<String, String> files = new LinkedHashMap<>();
        try {
            JsonNode json = new ObjectMapper().readTree(index.toFile());
            json.path("weight_map")
                    .properties()
                    .forEach(e -> files.put(e.getKey(), e.getValue().asText()));
        } catch (IOException e) {
            throw new IllegalArgumentException(index + " cannot be read: " + e.getMessage(), e);
        }
        for (Map.Entry<String, String> entry : files.entrySet()) {
            Path shard = folder.resolve(entry.getValue()).normalize();
            if (!folder.normalize().equals(shard.getParent()) || !Files.exists(shard)) {
                throw new IllegalArgumentException("shard " + shard + " is missing: by " + index + " it holds "
                        + entry.getKey() + " and other arrays");
            }
        }
        Shards shards = of(
                index,
                new TreeSet<>(files.values()).stream().map(folder::resolve).toList());
        files.forEach((name, file) -> {
            Place place = shards.places.get(name);
            if (place == null || !place.file.equals(folder.resolve(file))) {
                throw new IllegalArgumentException(folder.resolve(file) + " does not hold " + name + ", as " + index
                        + " says; " + (place == null ? "no file does" : place.file + " does"));
            }
        });
        return shards;
    }

    private static Shards of(Path source, List<Path> files) {
        Map<String, Place> places = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                SafeTensorsHeader header = SafeTensorsHeader.read(file, channel);
                metadata.putAll(header.metadata());
                for (SafeTensorsHeader.Entry entry : header.entries()) {
                    Place before = places.put(entry.name(), new Place(file, header, entry));
                    if (before != null) {
                        throw new IllegalArgumentException(
                                entry.name() + " is both in " + before.file + " and in " + file);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
        }
        return new Shards(source, places, metadata);
    }

    /** Text entries of the files. */
    Map<String, String> metadata() {
        return metadata;
    }

    /** One checksum over all files: of a single file its own, of several that of their checksums in the order of their names. */
    String sha256() {
        List<String> sums = places.values().stream()
                .map(Place::file)
                .distinct()
                .sorted()
                .map(Sha256::of)
                .toList();
        return sums.size() == 1
                ? sums.get(0)
                : Sha256.of(String.join("\n", sums).getBytes(StandardCharsets.UTF_8));
    }

    /** The narrowest precision that holds all values. */
    Precision precision() {
        String half = Precision.BFLOAT16.safetensors();
        return places.values().stream().allMatch(p -> p.entry.type().equals(half))
                ? Precision.BFLOAT16
                : Precision.FLOAT32;
    }

    /**
     * Makes sure that the arrays are those of a model, whose output projection may be there though it is tied.
     *
     * @throws IllegalArgumentException naming the file and every array that is missing, unknown, or of another shape or type
     */
    void expect(Collection<Parameter> parameters) {
        List<String> faults = new ArrayList<>();
        Set<String> unknown = new LinkedHashSet<>(places.keySet());
        for (Parameter parameter : parameters) {
            Place place = places.get(parameter.name());
            unknown.remove(parameter.name());
            if (place == null) {
                faults.add(parameter.name() + " is missing");
            } else if (!place.entry.shape().equals(parameter.shape())) {
                faults.add(parameter.name() + " is " + place.entry.shape() + ", expected " + parameter.shape()
                        + in(place));
            } else if (place.entry.type().equals("I64")) {
                faults.add(parameter.name() + " is of type I64, expected F32, F16 or BF16" + in(place));
            }
        }
        unknown.removeIf(name -> name.endsWith("rotary_emb.inv_freq") || name.equals(Parameter.OUTPUT));
        unknown.forEach(name -> faults.add(name + " is unknown" + in(place(name))));
        if (!faults.isEmpty()) {
            List<String> shown = faults.subList(0, Math.min(faults.size(), SHOWN));
            throw new IllegalArgumentException(source + " does not hold this model, " + faults.size() + " faults: "
                    + String.join("; ", shown) + (faults.size() > shown.size() ? "; ..." : ""));
        }
    }

    private Place place(String name) {
        return Objects.requireNonNull(places.get(name), () -> source + " has no " + name);
    }

    private String in(Place place) {
        return place.file.equals(source) ? "" : " in " + place.file.getFileName();
    }

    /**
     * Reads arrays into memory that {@code manager} owns, in the order given.
     *
     * @throws IllegalArgumentException naming file and array if a value is infinite or not a number
     */
    Map<String, NDArray> read(Collection<Parameter> parameters, NDManager manager, Precision precision) {
        Torch.ready();
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            Place place = place(parameter.name());
            try (FileChannel channel = FileChannel.open(place.file, StandardOpenOption.READ)) {
                NDArray array = SafeTensors.read(channel, place.header, place.entry, manager, precision);
                if (!Storage.finite(array)) {
                    throw new IllegalArgumentException(
                            place.file + ": " + parameter.name() + " holds values that are infinite or not a number");
                }
                arrays.put(parameter.name(), array);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + place.file, e);
            }
        }
        return arrays;
    }
}
