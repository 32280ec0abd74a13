package dev.seine.policy;

import ai.djl.ndarray.NDArray;
import java.util.HashMap;
import java.util.Map;

/** The decoder once more, as loops over doubles that share nothing with the script: slow, and easy to compare with a textbook. */
final class Oracle {
    private final ModelConfig c;
    private final Map<String, float[]> weights = new HashMap<>();

    Oracle(Decoder decoder) {
        this.c = decoder.config();
        for (int i = 0; i < decoder.names().size(); i++) {
            NDArray array = decoder.parameters().get(i);
            weights.put(decoder.names().get(i), array.toFloatArray());
        }
    }

    /** Natural log-probabilities of the next token after each of {@code ids}, [T][V]. */
    double[][] logprobs(int[] ids) {
        double[][] scores = logits(ids);
        for (double[] row : scores) {
            double max = Double.NEGATIVE_INFINITY;
            for (double s : row) {
                max = Math.max(max, s);
            }
            double sum = 0;
            for (double s : row) {
                sum += Math.exp(s - max);
            }
            for (int v = 0; v < row.length; v++) {
                row[v] -= max + Math.log(sum);
            }
        }
        return scores;
    }

    /** Scores of the next token after each of {@code ids}, [T][V]. */
    double[][] logits(int[] ids) {
        int width = c.hiddenSize();
        float[] embedding = weights.get("model.embed_tokens.weight");
        double[][] x = new double[ids.length][width];
        for (int t = 0; t < ids.length; t++) {
            for (int i = 0; i < width; i++) {
                x[t][i] = embedding[ids[t] * width + i];
            }
        }
        for (int l = 0; l < c.layers(); l++) {
            String layer = "model.layers." + l + ".";
            add(x, attention(norm(x, layer + "input_layernorm.weight"), layer + "self_attn."));
            add(x, feedForward(norm(x, layer + "post_attention_layernorm.weight"), layer + "mlp."));
        }
        String output = c.tieEmbeddings() ? "model.embed_tokens" : "lm_head";
        return linear(norm(x, "model.norm.weight"), output, c.vocabSize());
    }

    private double[][] attention(double[][] x, String name) {
        int d = c.headDim();
        double[][] q = linear(x, name + "q_proj", c.heads() * d);
        double[][] k = linear(x, name + "k_proj", c.kvHeads() * d);
        double[][] v = linear(x, name + "v_proj", c.kvHeads() * d);
        double[][] out = new double[x.length][c.heads() * d];
        for (int h = 0; h < c.heads(); h++) {
            int shared = h * c.kvHeads() / c.heads();
            for (int t = 0; t < x.length; t++) {
                double[] weight = new double[t + 1];
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    for (int i = 0; i < d; i++) {
                        weight[s] += rotated(q[t], h * d, i, t) * rotated(k[s], shared * d, i, s);
                    }
                    weight[s] = Math.exp(weight[s] / Math.sqrt(d));
                    sum += weight[s];
                }
                for (int s = 0; s <= t; s++) {
                    for (int i = 0; i < d; i++) {
                        out[t][h * d + i] += weight[s] / sum * v[s][shared * d + i];
                    }
                }
            }
        }
        return linear(out, name + "o_proj", c.hiddenSize());
    }

    /** Value i of the head at {@code from}, turned to position t: the pair is (i, i + d/2). */
    private double rotated(double[] row, int from, int i, int t) {
        int half = c.headDim() / 2;
        double angle = t * Math.pow(c.ropeTheta(), -(i % half) / (double) half);
        double partner = i < half ? -row[from + i + half] : row[from + i - half];
        return row[from + i] * Math.cos(angle) + partner * Math.sin(angle);
    }

    private double[][] feedForward(double[][] x, String name) {
        double[][] gate = linear(x, name + "gate_proj", c.intermediateSize());
        double[][] up = linear(x, name + "up_proj", c.intermediateSize());
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < gate[t].length; i++) {
                gate[t][i] = gate[t][i] / (1 + Math.exp(-gate[t][i])) * up[t][i];
            }
        }
        return linear(gate, name + "down_proj", c.hiddenSize());
    }

    private double[][] norm(double[][] x, String name) {
        float[] weight = weights.get(name);
        double[][] out = new double[x.length][weight.length];
        for (int t = 0; t < x.length; t++) {
            double squares = 0;
            for (double value : x[t]) {
                squares += value * value;
            }
            double scale = 1 / Math.sqrt(squares / weight.length + c.rmsNormEps());
            for (int i = 0; i < weight.length; i++) {
                out[t][i] = x[t][i] * scale * weight[i];
            }
        }
        return out;
    }

    private double[][] linear(double[][] x, String name, int outputs) {
        float[] weight = weights.get(name + ".weight");
        float[] bias = weights.get(name + ".bias");
        double[][] out = new double[x.length][outputs];
        for (int t = 0; t < x.length; t++) {
            int inputs = x[t].length;
            for (int o = 0; o < outputs; o++) {
                double sum = bias == null ? 0 : bias[o];
                for (int i = 0; i < inputs; i++) {
                    sum += x[t][i] * weight[o * inputs + i];
                }
                out[t][o] = sum;
            }
        }
        return out;
    }

    private static void add(double[][] x, double[][] y) {
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) {
                x[t][i] += y[t][i];
            }
        }
    }
}
