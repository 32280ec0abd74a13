package dev.seine.policy;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model in Hugging Face's layout: {@code config.json}, {@code model.safetensors} or shards with an index, {@code tokenizer.json} and, where there
 * are any, {@code tokenizer_config.json}, {@code generation_config.json} and a chat template.
 */
public final class ModelFolder {
    /** The architecture. */
    public static final String CONFIG = "config.json";

    /** The tokenizer. */
    public static final String TOKENIZER = "tokenizer.json";

    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    private static final String CHAT_TEMPLATE = "chat_template.jinja";
    private static final List<String> CARRIED = List.of(
            TOKENIZER,
            TOKENIZER_CONFIG,
            "generation_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            CHAT_TEMPLATE);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final ModelConfig config;
    private final Precision precision;

    private ModelFolder(Path folder, ModelConfig config, Precision precision) {
        this.folder = folder;
        this.config = config;
        this.precision = precision;
    }

    /**
     * Opens a folder after a look at everything but the weights' values.
     *
     * @throws IllegalArgumentException naming the file, and the array if it is about one: a file is missing or cut, the architecture is unknown, an
     *     array is missing or of another shape or type, or the tokenizer has more tokens than the embedding has rows
     */
    public static ModelFolder open(Path folder) {
        for (String needed : List.of(CONFIG, TOKENIZER)) {
            if (!Files.isRegularFile(folder.resolve(needed))) {
                throw new IllegalArgumentException(folder + " is no model folder: it has no " + needed);
            }
        }
        ModelConfig config = ModelConfig.read(folder.resolve(CONFIG));
        Shards shards = Shards.of(folder);
        shards.expect(Parameter.all(config));
        try (Tokenizer tokenizer = Tokenizer.load(folder.resolve(TOKENIZER))) {
            if (tokenizer.vocabSize() > config.vocabSize()) {
                throw new IllegalArgumentException(folder.resolve(TOKENIZER) + " has " + tokenizer.vocabSize()
                        + " tokens, but by " + folder.resolve(CONFIG) + " the embedding has only "
                        + config.vocabSize() + " rows");
            }
        }
        return new ModelFolder(folder, config, shards.precision());
    }

    /** The architecture. */
    public ModelConfig config() {
        return config;
    }

    /** The folder. */
    public Path path() {
        return folder;
    }

    /** The narrowest precision that holds the weights without loss. */
    public Precision precision() {
        return precision;
    }

    /** Reads the tokenizer; the caller closes it. */
    public Tokenizer tokenizer() {
        return Tokenizer.load(folder.resolve(TOKENIZER));
    }

    /** Reads the weights; the caller closes them. See {@link Decoder#load(Path, ModelConfig, Device, Precision)}. */
    public Decoder decoder(Device device, Precision precision) {
        return Decoder.load(folder, config, device, precision);
    }

    /** The chat template, if the model has one. */
    public Optional<ChatTemplate> chatTemplate() {
        JsonNode beside = read(TOKENIZER_CONFIG);
        Optional<String> text = Files.exists(folder.resolve(CHAT_TEMPLATE))
                ? Optional.of(text(CHAT_TEMPLATE))
                : template(beside.path("chat_template"));
        Map<String, String> tokens = new LinkedHashMap<>();
        for (String name : List.of("bos_token", "eos_token", "pad_token", "unk_token")) {
            tokens.put(name, token(beside.path(name)));
        }
        return text.map(t -> new ChatTemplate(folder.toString(), t, tokens));
    }

    /** A single text, or the one named default in a list. */
    private static Optional<String> template(JsonNode node) {
        if (node.isTextual()) {
            return Optional.of(node.asText());
        }
        for (JsonNode named : node) {
            if (named.path("name").asText().equals("default")) {
                return Optional.of(named.path("template").asText());
            }
        }
        return Optional.empty();
    }

    /** The token that the model's texts begin with, empty if they begin with none: what the tokenizer itself would put first. */
    public String begin() {
        JsonNode template = read(TOKENIZER).path("post_processor");
        String bos = token(read(TOKENIZER_CONFIG).path("bos_token"));
        return !bos.isEmpty() && begins(template, bos) ? bos : "";
    }

    private static boolean begins(JsonNode processor, String bos) {
        for (JsonNode part : processor.path("processors")) {
            if (begins(part, bos)) {
                return true;
            }
        }
        return processor
                .path("single")
                .path(0)
                .path("SpecialToken")
                .path("id")
                .asText()
                .equals(bos);
    }

    private static String token(JsonNode node) {
        return node.isObject() ? node.path("content").asText() : node.isTextual() ? node.asText() : "";
    }

    /**
     * Writes a model so that Transformers opens it. The weights come first and {@code config.json} last: a folder without it is not whole.
     *
     * @param from folder with the model's {@code config.json}, {@code tokenizer.json} and what belongs to them
     * @param decoder adapters are left out unless they are merged
     */
    public static void save(Path from, Path target, Decoder decoder, Precision precision) {
        try {
            Files.createDirectories(target);
            decoder.saveModel(target.resolve(Shards.SINGLE), precision);
            carry(from, target);
            Files.write(
                    target.resolve(CONFIG),
                    JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config(from, decoder.config(), precision)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        }
    }

    /**
     * Writes this model with further tokens, each of which begins as the mean of the tokens that its text was before: what a markup's tags are to a
     * model that was never trained on them. Tokens that it has already stay as they are. Weights are read in the folder's own {@link #precision}.
     *
     * @return the folder written
     */
    public ModelFolder extend(Path target, List<String> tokens) {
        List<String> fresh = new ArrayList<>();
        List<int[]> rows = new ArrayList<>();
        int used;
        try (Tokenizer tokenizer = tokenizer()) {
            used = tokenizer.vocabSize();
            for (String token : tokens) {
                int[] ids = tokenizer.encode(token);
                if (ids.length > 1 && !fresh.contains(token)) {
                    fresh.add(token);
                    rows.add(ids);
                }
            }
        }
        int size = Math.max(config.vocabSize(), used + fresh.size());
        try (Decoder decoder = decoder(Device.cpu(), precision);
                Decoder grown = decoder.withRows(used, rows, size)) {
            save(folder, target, grown, precision);
            Files.write(target.resolve(TOKENIZER), JSON.writeValueAsBytes(withTokens(used, fresh)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        }
        return open(target);
    }

    private ObjectNode withTokens(int used, List<String> tokens) {
        ObjectNode tokenizer = (ObjectNode) read(TOKENIZER);
        for (int i = 0; i < tokens.size(); i++) {
            ObjectNode added = tokenizer.withArray("added_tokens").addObject();
            added.put("id", used + i).put("content", tokens.get(i)).put("single_word", false);
            added.put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        return tokenizer;
    }

    /** The original file's entries, with those that tell of the architecture as they are now. */
    private static ObjectNode config(Path from, ModelConfig now, Precision precision) {
        ObjectNode node = (ObjectNode) read(from, CONFIG);
        node.setAll(now.tree());
        node.remove(List.of("dtype", "rope_parameters"));
        return node.put("torch_dtype", precision.id());
    }

    /**
     * Lays weights out as a model folder without copying them: a hard link, or a symbolic one where that cannot be.
     *
     * @param from folder with the model's {@code config.json} and tokenizer
     */
    public static void link(Path from, Path safetensors, Path target) {
        try {
            Files.createDirectories(target);
            Path weights = target.resolve(Shards.SINGLE);
            Files.deleteIfExists(weights);
            try {
                Files.createLink(weights, safetensors.toRealPath());
            } catch (UnsupportedOperationException | FileSystemException e) {
                Files.createSymbolicLink(weights, safetensors.toRealPath());
            }
            carry(from, target);
            Files.copy(from.resolve(CONFIG), target.resolve(CONFIG), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lay out " + safetensors + " in " + target, e);
        }
    }

    /** Copies what belongs to the tokenizer, as far as it is there, from one folder into another. */
    public static void carry(Path from, Path to) {
        try {
            for (String name : CARRIED) {
                if (Files.exists(from.resolve(name))) {
                    Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy the tokenizer of " + from + " to " + to, e);
        }
    }

    private JsonNode read(String name) {
        return read(folder, name);
    }

    private static JsonNode read(Path folder, String name) {
        try {
            return Files.exists(folder.resolve(name))
                    ? JSON.readTree(folder.resolve(name).toFile())
                    : JSON.createObjectNode();
        } catch (IOException e) {
            throw new IllegalArgumentException(folder.resolve(name) + " is not JSON: " + e.getMessage(), e);
        }
    }

    private String text(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder.resolve(name), e);
        }
    }
}
