package dev.seine.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One trained array of a decoder.
 *
 * @param name as in Hugging Face checkpoints
 * @param shape as in Hugging Face checkpoints: a projection is [out, in]
 * @param start how a fresh model fills it
 */
record Parameter(String name, Shape shape, Start start) {
    /** Deviation of fresh weights, as in Qwen2's {@code initializer_range}. */
    private static final double DEVIATION = 0.02;

    /** The output projection, of models that have one of their own. */
    static final String OUTPUT = "lm_head.weight";

    /** The embedding. */
    static final String EMBEDDING = "model.embed_tokens.weight";

    /**
     * Initial values: weights are normal with deviation 0.02, divided by sqrt(2 layers) where they write to the residual stream; an adapter's A is
     * uniform within 1 / sqrt(in), as in PEFT.
     */
    enum Start {
        NORMAL,
        RESIDUAL,
        UNIFORM,
        ONE,
        ZERO
    }

    /** Whether it is a matrix that maps a layer's states, and not words to states or back. */
    boolean projection() {
        return shape.dimension() == 2 && !name.equals(EMBEDDING) && !name.equals(OUTPUT);
    }

    /** Arrays of one layer. */
    static int perLayer(ModelConfig config) {
        return config.attentionBias() ? 12 : 9;
    }

    /**
     * All arrays in the order in which the script indexes them: embedding; per layer norm, q, k, v, o, norm, gate, up, down and then,
     * if there are any, the biases of q, k, v; final norm; output projection unless tied.
     */
    static List<Parameter> all(ModelConfig c) {
        long width = c.hiddenSize();
        long queries = (long) c.heads() * c.headDim();
        long keys = (long) c.kvHeads() * c.headDim();
        List<Parameter> all = new ArrayList<>();
        all.add(new Parameter(EMBEDDING, new Shape(c.vocabSize(), width), Start.NORMAL));
        for (int l = 0; l < c.layers(); l++) {
            String layer = "model.layers." + l + ".";
            String attention = layer + "self_attn.";
            all.add(new Parameter(layer + "input_layernorm.weight", new Shape(width), Start.ONE));
            all.add(new Parameter(attention + "q_proj.weight", new Shape(queries, width), Start.NORMAL));
            all.add(new Parameter(attention + "k_proj.weight", new Shape(keys, width), Start.NORMAL));
            all.add(new Parameter(attention + "v_proj.weight", new Shape(keys, width), Start.NORMAL));
            all.add(new Parameter(attention + "o_proj.weight", new Shape(width, queries), Start.RESIDUAL));
            all.add(new Parameter(layer + "post_attention_layernorm.weight", new Shape(width), Start.ONE));
            all.add(new Parameter(
                    layer + "mlp.gate_proj.weight", new Shape(c.intermediateSize(), width), Start.NORMAL));
            all.add(new Parameter(layer + "mlp.up_proj.weight", new Shape(c.intermediateSize(), width), Start.NORMAL));
            all.add(new Parameter(
                    layer + "mlp.down_proj.weight", new Shape(width, c.intermediateSize()), Start.RESIDUAL));
            if (c.attentionBias()) {
                all.add(new Parameter(attention + "q_proj.bias", new Shape(queries), Start.ZERO));
                all.add(new Parameter(attention + "k_proj.bias", new Shape(keys), Start.ZERO));
                all.add(new Parameter(attention + "v_proj.bias", new Shape(keys), Start.ZERO));
            }
        }
        all.add(new Parameter("model.norm.weight", new Shape(width), Start.ONE));
        if (!c.tieEmbeddings()) {
            all.add(new Parameter(OUTPUT, new Shape(c.vocabSize(), width), Start.NORMAL));
        }
        return List.copyOf(all);
    }

    /** New arrays with their initial values; equal seeds give equal values. */
    static Map<String, NDArray> fresh(List<Parameter> parameters, ModelConfig config, long seed, NDManager manager) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            float[] values = parameter.values(config, random.split());
            arrays.put(parameter.name(), manager.create(values, parameter.shape()));
        }
        return arrays;
    }

    private float[] values(ModelConfig config, SplittableRandom random) {
        float[] values = new float[Math.toIntExact(shape.size())];
        double deviation =
                switch (start) {
                    case NORMAL -> DEVIATION;
                    case RESIDUAL -> DEVIATION / Math.sqrt(2.0 * config.layers());
                    case ONE, ZERO, UNIFORM -> 0;
                };
        if (start == Start.ONE) {
            Arrays.fill(values, 1f);
        }
        double bound = 1 / Math.sqrt((double) shape.get(shape.dimension() - 1));
        for (int i = 0; start == Start.UNIFORM && i < values.length; i++) {
            values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
        for (int i = 0; deviation > 0 && i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }
}
