package dev.seine.policy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A tokenizer read from a file: Hugging Face's library encodes; word-level ids are decoded here, as its decoder puts spaces everywhere. */
final class FileTokenizer implements Tokenizer {
    private static final List<String> END_TOKENS =
            List.of("<eos>", "<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<|endoftext|>", "</s>");
    private static final List<String> PAD_TOKENS = List.of("<pad>", "<|endoftext|>", "<|finetune_right_pad_id|>");

    private final Path file;
    private final HuggingFaceTokenizer library;
    private final Map<String, Integer> ids;
    private final @Nullable String[] words; // by id; null where the vocabulary has a gap
    private final boolean wordLevel;
    private final int eos;
    private final int pad;
    private final Set<Integer> ends;
    private final int rows; // ids from words.length on have no text
    private final String sha256;

    private FileTokenizer(Path file, byte[] bytes) throws IOException {
        this.file = file;
        JsonNode json = new ObjectMapper().readTree(bytes);
        this.ids = vocabulary(json);
        this.words = new String[ids.isEmpty() ? 0 : Collections.max(ids.values()) + 1];
        ids.forEach((word, id) -> words[id] = word);
        this.wordLevel = json.path("model").path("type").asText().equals("WordLevel");
        JsonNode config = beside("tokenizer_config.json");
        this.eos = special("end", config.path("eos_token"), END_TOKENS.stream());
        this.pad =
                special("padding", config.path("pad_token"), Stream.concat(PAD_TOKENS.stream(), Stream.of(words[eos])));
        this.ends = ends(beside("generation_config.json").path("eos_token_id"));
        this.rows =
                Math.max(words.length, beside("config.json").path("vocab_size").asInt());
        this.sha256 = Sha256.of(bytes);
        this.library = HuggingFaceTokenizer.builder()
                .optTokenizerPath(file)
                .optAddSpecialTokens(false)
                .optTruncation(false)
                .optPadding(false)
                .build();
    }

    static FileTokenizer load(Path file) {
        Torch.offline();
        try {
            return new FileTokenizer(file, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    @Override
    public int[] encode(String text) {
        long[] encoded = library.encode(text, false, false).getIds();
        int[] result = new int[encoded.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (int) encoded[i];
        }
        return result;
    }

    @Override
    public String decode(int[] tokens) {
        long[] checked = new long[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            word(tokens[i]);
            checked[i] = tokens[i];
        }
        return wordLevel ? joined(tokens) : library.decode(checked, false);
    }

    @Override
    public int id(String token) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new IllegalArgumentException(file + " has no token " + token);
        }
        return id;
    }

    @Override
    public int vocabSize() {
        return words.length;
    }

    @Override
    public int eos() {
        return eos;
    }

    @Override
    public Set<Integer> endTokens() {
        return ends;
    }

    @Override
    public int pad() {
        return pad;
    }

    @Override
    public String sha256() {
        return sha256;
    }

    @Override
    public void close() {
        library.close();
    }

    private String joined(int[] tokens) {
        StringBuilder text = new StringBuilder();
        boolean space = false;
        for (int token : tokens) {
            String word = word(token);
            if (space && !WordTokenizer.closes(word)) {
                text.append(' ');
            }
            text.append(word);
            space = !WordTokenizer.opens(word);
        }
        return text.toString();
    }

    private String word(int token) {
        if (token < 0 || token >= rows) {
            throw new IllegalArgumentException(file + " has ids 0 to " + (rows - 1) + ", got " + token);
        }
        return token >= words.length || words[token] == null ? "" : words[token];
    }

    private JsonNode beside(String name) throws IOException {
        Path other = file.resolveSibling(name);
        return Files.exists(other) ? new ObjectMapper().readTree(other.toFile()) : MissingNode.getInstance();
    }

    /** The end token and those of a number or a list of numbers, as far as they are tokens. */
    private Set<Integer> ends(JsonNode named) {
        Set<Integer> all = new TreeSet<>(Set.of(eos));
        (named.isArray() ? named : List.of(named)).forEach(id -> {
            if (id.canConvertToInt() && id.asInt() >= 0 && id.asInt() < words.length) {
                all.add(id.asInt());
            }
        });
        return Set.copyOf(all);
    }

    private int special(String role, JsonNode configured, Stream<String> known) {
        String named = configured.isObject() ? configured.path("content").asText() : configured.asText("");
        Stream<String> candidates = named.isEmpty() ? known : Stream.of(named);
        return candidates
                .map(ids::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(file + " has no known " + role + " token"));
    }

    private static Map<String, Integer> vocabulary(JsonNode json) {
        Map<String, Integer> ids = new HashMap<>();
        json.path("model")
                .path("vocab")
                .properties()
                .forEach(e -> ids.put(e.getKey(), e.getValue().asInt()));
        json.path("added_tokens")
                .forEach(t -> ids.put(t.path("content").asText(), t.path("id").asInt()));
        return ids;
    }
}
