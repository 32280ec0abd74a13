package dev.seine.policy;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A low-rank adapter (arXiv 2106.09685) in the layout of PEFT: a targeted projection W becomes W + alpha / rank * B A, with A [rank, in] and
 * B [out, rank]; only A and B are trained.
 *
 * @param rank of the change
 * @param alpha scales it: the factor is alpha / rank
 * @param targets projections in every layer, among {@link #PROJECTIONS}
 */
public record Lora(int rank, double alpha, List<String> targets) {
    /** Projections that can be adapted, in the order of a layer's arrays. */
    public static final List<String> PROJECTIONS =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

    /** Places of {@link #PROJECTIONS} among a layer's arrays, see {@link Parameter#all}. */
    private static final int[] PLACES = {1, 2, 3, 4, 6, 7, 8};

    private static final String PREFIX = "base_model.model.";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Checks the figures and puts the targets into the order of a layer's arrays. */
    public Lora {
        if (rank < 1 || !(alpha > 0)) {
            throw new IllegalArgumentException(
                    "lora.rank must be at least 1 and lora.alpha above 0, got " + rank + " and " + alpha);
        }
        if (targets.isEmpty() || !PROJECTIONS.containsAll(targets)) {
            throw new IllegalArgumentException("lora.targets must be some of " + PROJECTIONS + ", got " + targets);
        }
        targets = PROJECTIONS.stream().filter(targets::contains).toList();
    }

    /** Factor of the low-rank product. */
    public double scale() {
        return alpha / rank;
    }

    /** Number of trained values. */
    public long parameterCount(ModelConfig config) {
        return arrays(config).stream().mapToLong(p -> p.shape().size()).sum();
    }

    /** For each array of a layer the number of its adapter among the layer's, or -1: what the script is told. */
    String slots() {
        int[] slots = IntStream.range(0, 9).map(i -> -1).toArray();
        for (int i = 0; i < targets.size(); i++) {
            slots[PLACES[PROJECTIONS.indexOf(targets.get(i))]] = i;
        }
        return IntStream.of(slots).mapToObj(Integer::toString).collect(Collectors.joining(", ", "[", "]"));
    }

    /** All adapters' arrays in the script's order: by layer, by target, A before B. A fresh A is uniform, a fresh B zero. */
    List<Parameter> arrays(ModelConfig config) {
        List<Parameter> base = Parameter.all(config);
        List<Parameter> arrays = new ArrayList<>();
        int stride = Parameter.perLayer(config);
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String target : targets) {
                Parameter adapted = base.get(1 + layer * stride + PLACES[PROJECTIONS.indexOf(target)]);
                String name = PREFIX + adapted.name().replace(".weight", "");
                long out = adapted.shape().get(0);
                long in = adapted.shape().get(1);
                arrays.add(new Parameter(name + ".lora_A.weight", new Shape(rank, in), Parameter.Start.UNIFORM));
                arrays.add(new Parameter(name + ".lora_B.weight", new Shape(out, rank), Parameter.Start.ZERO));
            }
        }
        return arrays;
    }

    /** The base array that the i-th pair of adapters changes. */
    int base(ModelConfig config, int pair) {
        int layer = pair / targets.size();
        String target = targets.get(pair % targets.size());
        return 1 + layer * Parameter.perLayer(config) + PLACES[PROJECTIONS.indexOf(target)];
    }

    /** The text of an {@code adapter_config.json}. */
    public String json() {
        ObjectNode node = JSON.createObjectNode();
        node.put("peft_type", "LORA").put("task_type", "CAUSAL_LM");
        node.put("r", rank).put("lora_alpha", alpha).put("lora_dropout", 0.0).put("bias", "none");
        node.put("fan_in_fan_out", false)
                .put("inference_mode", true)
                .put("use_rslora", false)
                .put("use_dora", false);
        node.putNull("modules_to_save").putNull("base_model_name_or_path");
        targets.forEach(node.putArray("target_modules")::add);
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("writing JSON to memory failed", e);
        }
    }

    /**
     * Reads the text of an {@code adapter_config.json}.
     *
     * @throws IllegalArgumentException if it is no LoRA adapter, or one that changes more than the projections' weights
     */
    public static Lora parse(String json) {
        JsonNode node;
        try {
            node = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
        refuse(node, "peft_type", !node.path("peft_type").asText().equals("LORA"));
        refuse(node, "bias", !node.path("bias").asText("none").equals("none"));
        for (String key : List.of("use_dora", "fan_in_fan_out", "lora_bias")) {
            refuse(node, key, node.path(key).asBoolean(false));
        }
        for (String key : List.of(
                "modules_to_save", "rank_pattern", "alpha_pattern", "layers_to_transform", "trainable_token_indices")) {
            refuse(node, key, node.hasNonNull(key) && !node.get(key).isEmpty());
        }
        refuse(node, "target_modules", !node.path("target_modules").isArray());
        List<String> targets = new ArrayList<>();
        node.path("target_modules").forEach(t -> targets.add(t.asText()));
        int rank = node.path("r").asInt();
        double alpha = node.path("lora_alpha").asDouble();
        boolean rooted = node.path("use_rslora").asBoolean(false);
        return new Lora(rank, rooted ? alpha * Math.sqrt(rank) : alpha, targets);
    }

    private static void refuse(JsonNode node, String key, boolean present) {
        if (present) {
            throw new IllegalArgumentException(key + " is not supported, got " + node.get(key));
        }
    }
}
