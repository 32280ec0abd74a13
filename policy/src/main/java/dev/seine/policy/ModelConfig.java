package dev.seine.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Sizes of a decoder of the Qwen2 and Llama family: RMS norm before each block, rotary positions, grouped-query attention, SwiGLU.
 *
 * @param vocabSize rows of the embedding
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width inside the feed-forward block
 * @param layers number of blocks
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headDim width of one head; even
 * @param maxPositions longest sequence, in tokens
 * @param ropeTheta base of the rotary frequencies
 * @param rmsNormEps added to the mean square before its root
 * @param tieEmbeddings whether the output projection is the embedding
 * @param attentionBias whether queries, keys and values have a bias (Qwen2 has, Llama has not)
 * @param ropeScaling how the rotary frequencies are stretched
 */
public record ModelConfig(
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        int maxPositions,
        double ropeTheta,
        double rmsNormEps,
        boolean tieEmbeddings,
        boolean attentionBias,
        RopeScaling ropeScaling) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final Set<String> FAMILIES = Set.of("qwen2", "llama");

    /** Checks that the sizes fit one another. */
    public ModelConfig {
        positive("vocab-size", vocabSize);
        positive("hidden-size", hiddenSize);
        positive("intermediate-size", intermediateSize);
        positive("layers", layers);
        positive("heads", heads);
        positive("kv-heads", kvHeads);
        positive("head-dim", headDim);
        positive("max-positions", maxPositions);
        if (heads % kvHeads != 0) {
            throw new IllegalArgumentException(
                    "model.kv-heads must divide model.heads, got " + kvHeads + " and " + heads);
        }
        if (headDim % 2 != 0) {
            throw new IllegalArgumentException("model.head-dim must be even, got " + headDim);
        }
        if (!(ropeTheta > 1) || !(rmsNormEps > 0)) {
            throw new IllegalArgumentException("model.rope-theta must be above 1 and model.rms-norm-eps above 0, got "
                    + ropeTheta + " and " + rmsNormEps);
        }
    }

    /** A model whose rotary frequencies are not stretched. */
    public ModelConfig(
            int vocabSize,
            int hiddenSize,
            int intermediateSize,
            int layers,
            int heads,
            int kvHeads,
            int headDim,
            int maxPositions,
            double ropeTheta,
            double rmsNormEps,
            boolean tieEmbeddings,
            boolean attentionBias) {
        this(
                vocabSize,
                hiddenSize,
                intermediateSize,
                layers,
                heads,
                kvHeads,
                headDim,
                maxPositions,
                ropeTheta,
                rmsNormEps,
                tieEmbeddings,
                attentionBias,
                new RopeScaling.None());
    }

    /** The same model with another number of words. */
    public ModelConfig withVocabulary(int words) {
        return new ModelConfig(
                words,
                hiddenSize,
                intermediateSize,
                layers,
                heads,
                kvHeads,
                headDim,
                maxPositions,
                ropeTheta,
                rmsNormEps,
                tieEmbeddings,
                attentionBias,
                ropeScaling);
    }

    /** Query heads that share one key head. */
    public int groups() {
        return heads / kvHeads;
    }

    /** Number of trained values. */
    public long parameterCount() {
        return Parameter.all(this).stream().mapToLong(p -> p.shape().size()).sum();
    }

    /** This configuration as the text of a Hugging Face {@code config.json}; equal configurations give equal text. */
    public String json() {
        try {
            return JSON.writeValueAsString(tree()) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("writing JSON to memory failed", e);
        }
    }

    /** This configuration as the tree of a Hugging Face {@code config.json}. */
    ObjectNode tree() {
        ObjectNode node = JSON.createObjectNode();
        node.putArray("architectures").add(attentionBias ? "Qwen2ForCausalLM" : "LlamaForCausalLM");
        node.put("model_type", attentionBias ? "qwen2" : "llama");
        node.put("vocab_size", vocabSize);
        node.put("hidden_size", hiddenSize);
        node.put("intermediate_size", intermediateSize);
        node.put("num_hidden_layers", layers);
        node.put("num_attention_heads", heads);
        node.put("num_key_value_heads", kvHeads);
        node.put("head_dim", headDim);
        node.put("max_position_embeddings", maxPositions);
        node.put("rope_theta", ropeTheta);
        node.put("rms_norm_eps", rmsNormEps);
        node.put("tie_word_embeddings", tieEmbeddings);
        node.put("hidden_act", "silu");
        node.put("torch_dtype", "float32");
        ropeScaling.write(node);
        return node;
    }

    /** SHA-256 of {@link #json()}, in lower-case hexadecimal. */
    public String sha256() {
        return Sha256.of(json().getBytes(StandardCharsets.UTF_8));
    }

    /** Writes {@link #json()} to a file. */
    public void write(Path configJson) {
        try {
            Files.writeString(configJson, json());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + configJson, e);
        }
    }

    /** Reads a Hugging Face {@code config.json} file. */
    public static ModelConfig read(Path configJson) {
        try {
            return parse(Files.readString(configJson));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + configJson, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(configJson + ": " + e.getMessage(), e);
        }
    }

    /**
     * Parses the text of a Hugging Face {@code config.json}.
     *
     * @throws IllegalArgumentException if a size is missing, or the model needs what this network does not have (sliding windows, biases
     *     elsewhere, another family)
     */
    public static ModelConfig parse(String json) {
        JsonNode node = tree(json);
        String family = node.path("model_type").asText("qwen2");
        if (!FAMILIES.contains(family)) {
            throw new IllegalArgumentException("model_type must be one of qwen2, llama, got " + family);
        }
        refuse(node, "use_sliding_window", node.path("use_sliding_window").asBoolean(false));
        refuse(node, "mlp_bias", node.path("mlp_bias").asBoolean(false));
        refuse(
                node,
                "attention_bias",
                family.equals("llama") && node.path("attention_bias").asBoolean(false));
        refuse(node, "hidden_act", !node.path("hidden_act").asText("silu").equals("silu"));
        int hidden = whole(node, "hidden_size");
        int heads = whole(node, "num_attention_heads");
        return new ModelConfig(
                whole(node, "vocab_size"),
                hidden,
                whole(node, "intermediate_size"),
                whole(node, "num_hidden_layers"),
                heads,
                node.path("num_key_value_heads").asInt(heads),
                node.path("head_dim").asInt(hidden / heads),
                whole(node, "max_position_embeddings"),
                node.path("rope_theta")
                        .asDouble(
                                node.path("rope_parameters").path("rope_theta").asDouble(10_000)),
                node.path("rms_norm_eps").asDouble(1e-6),
                node.path("tie_word_embeddings").asBoolean(false),
                family.equals("qwen2"),
                RopeScaling.parse(node));
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static int whole(JsonNode node, String key) {
        if (!node.path(key).canConvertToInt()) {
            throw new IllegalArgumentException(key + " must be a whole number, got " + node.get(key));
        }
        return node.get(key).intValue();
    }

    private static void refuse(JsonNode node, String key, boolean present) {
        if (present) {
            throw new IllegalArgumentException(key + " is not supported, got " + node.get(key));
        }
    }

    private static void positive(String key, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("model." + key + " must be at least 1, got " + value);
        }
    }
}
