package dev.seine.policy;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * One trained array of a decoder.
 *
 * @param name as in Hugging Face checkpoints
 * @param shape as in Hugging Face checkpoints: a projection is [out, in]
 * @param start how a fresh model fills it
 */
record Parameter(String name, Shape shape, Start start) {
    /** Initial values: weights are normal with deviation 0.02, divided by sqrt(2 layers) where they write to the residual stream. */
    enum Start {
        NORMAL,
        RESIDUAL,
        ONE,
        ZERO
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
        all.add(new Parameter("model.embed_tokens.weight", new Shape(c.vocabSize(), width), Start.NORMAL));
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
            all.add(new Parameter("lm_head.weight", new Shape(c.vocabSize(), width), Start.NORMAL));
        }
        return List.copyOf(all);
    }
}
