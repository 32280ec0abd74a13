package dev.seine.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** How rotary frequencies are stretched for sequences longer than the model was first trained on, as Hugging Face's {@code rope_scaling} says. */
public sealed interface RopeScaling {
    /** The key in {@code config.json}. */
    String KEY = "rope_scaling";

    /** Changes the frequencies theta^(-2 i / dim), i from 0, of a head of width {@code dim}; in radians a position. */
    double[] apply(double[] frequencies, double theta);

    /** Factor on cosines and sines, 1 but for {@link Yarn}. */
    default double attention() {
        return 1;
    }

    /** Writes the entry into a {@code config.json}; nothing for {@link None}. */
    void write(ObjectNode config);

    /** No scaling. */
    record None() implements RopeScaling {
        @Override
        public double[] apply(double[] frequencies, double theta) {
            return frequencies;
        }

        @Override
        public void write(ObjectNode config) {}
    }

    /**
     * All positions are divided by a factor (arXiv 2306.15595).
     *
     * @param factor above 0
     */
    record Linear(double factor) implements RopeScaling {
        /** Checks the range. */
        public Linear {
            above(0, "factor", factor);
        }

        @Override
        public double[] apply(double[] frequencies, double theta) {
            return java.util.Arrays.stream(frequencies).map(f -> f / factor).toArray();
        }

        @Override
        public void write(ObjectNode config) {
            config.putObject(KEY).put("rope_type", "linear").put("factor", factor);
        }
    }

    /**
     * Llama 3.1's: low frequencies are divided, high ones stay, those between are mixed.
     *
     * @param factor of the division
     * @param low wavelengths above {@code original / low} are divided in full
     * @param high those below {@code original / high} stay
     * @param original positions of the first training
     */
    record Llama3(double factor, double low, double high, int original) implements RopeScaling {
        /** Checks the ranges. */
        public Llama3 {
            above(0, "factor", factor);
            above(0, "low_freq_factor", low);
            above(low, "high_freq_factor", high);
            above(0, "original_max_position_embeddings", original);
        }

        @Override
        public double[] apply(double[] frequencies, double theta) {
            double[] scaled = new double[frequencies.length];
            for (int i = 0; i < scaled.length; i++) {
                double turns = original * frequencies[i] / (2 * Math.PI);
                double kept = Math.max(0, Math.min(1, (turns - low) / (high - low)));
                scaled[i] = (1 - kept) * frequencies[i] / factor + kept * frequencies[i];
            }
            return scaled;
        }

        @Override
        public void write(ObjectNode config) {
            config.putObject(KEY)
                    .put("rope_type", "llama3")
                    .put("factor", factor)
                    .put("low_freq_factor", low)
                    .put("high_freq_factor", high)
                    .put("original_max_position_embeddings", original);
        }
    }

    /**
     * YaRN (arXiv 2309.00071): frequencies that turn often within the first training's length stay, slow ones are divided.
     *
     * @param factor of the division
     * @param attention factor on cosines and sines
     * @param fast turns from which a frequency stays
     * @param slow turns up to which it is divided in full
     * @param original positions of the first training
     */
    record Yarn(double factor, double attention, double fast, double slow, int original) implements RopeScaling {
        /** Checks the ranges. */
        public Yarn {
            above(0, "factor", factor);
            above(0, "attention_factor", attention);
            above(0, "beta_slow", slow);
            above(slow, "beta_fast", fast);
            above(0, "original_max_position_embeddings", original);
        }

        @Override
        public double[] apply(double[] frequencies, double theta) {
            int pairs = frequencies.length;
            double from = Math.max(0, Math.floor(pair(fast, pairs, theta)));
            double to = Math.min(2.0 * pairs - 1, Math.ceil(pair(slow, pairs, theta)));
            double span = to == from ? 0.001 : to - from;
            double[] scaled = new double[pairs];
            for (int i = 0; i < pairs; i++) {
                double divided = Math.max(0, Math.min(1, (i - from) / span));
                scaled[i] = divided * frequencies[i] / factor + (1 - divided) * frequencies[i];
            }
            return scaled;
        }

        /** Which pair makes this many turns over the original length; a fraction. */
        private double pair(double turns, int pairs, double theta) {
            return pairs * Math.log(original / (turns * 2 * Math.PI)) / Math.log(theta);
        }

        @Override
        public void write(ObjectNode config) {
            config.putObject(KEY)
                    .put("rope_type", "yarn")
                    .put("factor", factor)
                    .put("attention_factor", attention)
                    .put("beta_fast", fast)
                    .put("beta_slow", slow)
                    .put("original_max_position_embeddings", original);
        }
    }

    /**
     * Reads the entry of a {@code config.json}, under {@code rope_scaling} or, as newer files have it, {@code rope_parameters}.
     *
     * @throws IllegalArgumentException if the kind of scaling is unknown or a figure is missing
     */
    static RopeScaling parse(JsonNode config) {
        JsonNode node = config.hasNonNull(KEY) ? config.get(KEY) : config.path("rope_parameters");
        String type = node.path("rope_type").asText(node.path("type").asText(node.isEmpty() ? "default" : "none"));
        int positions = config.path("max_position_embeddings").asInt();
        int original = node.path("original_max_position_embeddings").asInt(positions);
        return switch (type) {
            case "default" -> new None();
            case "linear" -> new Linear(figure(node, "factor"));
            case "llama3" ->
                new Llama3(
                        figure(node, "factor"),
                        figure(node, "low_freq_factor"),
                        figure(node, "high_freq_factor"),
                        original);
            case "yarn" -> yarn(node, original);
            default ->
                throw new IllegalArgumentException(
                        KEY + " must be of type default, linear, llama3 or yarn, got " + type);
        };
    }

    private static Yarn yarn(JsonNode node, int original) {
        double factor = figure(node, "factor");
        return new Yarn(
                factor,
                node.path("attention_factor").asDouble(factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1),
                node.path("beta_fast").asDouble(32),
                node.path("beta_slow").asDouble(1),
                original);
    }

    private static double figure(JsonNode node, String key) {
        if (!node.path(key).isNumber()) {
            throw new IllegalArgumentException(KEY + "." + key + " must be a number, got " + node.get(key));
        }
        return node.get(key).doubleValue();
    }

    private static void above(double bound, String key, double got) {
        if (!(got > bound)) {
            throw new IllegalArgumentException(KEY + "." + key + " must be above " + bound + ", got " + got);
        }
    }
}
