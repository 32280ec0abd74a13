package dev.seine.policy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The parameters of a decoder: arrays with their Hugging Face names, in the order in which {@link #script} indexes them. The network
 * itself is that text; a decoder only owns its arrays.
 */
public final class Decoder implements AutoCloseable {
    /** Methods of the network before its sizes are filled in, see {@link #script}. */
    public static final String SCRIPT = resource();

    /** Deviation of fresh weights, as in Qwen2's {@code initializer_range}. */
    private static final double DEVIATION = 0.02;

    private final ModelConfig config;
    private final NDManager manager;
    private final List<String> names;
    private final List<NDArray> parameters;
    private final NDArray cos;
    private final NDArray sin;

    private Decoder(ModelConfig config, NDManager manager, Map<String, NDArray> arrays) {
        this.config = config;
        this.manager = manager;
        this.names = List.copyOf(arrays.keySet());
        this.parameters = List.copyOf(arrays.values());
        this.cos = rotary(manager, config, true);
        this.sin = rotary(manager, config, false);
    }

    /** A fresh model; equal seeds give equal values. Weights of 2^31 values and more cannot be made fresh. */
    public static Decoder random(ModelConfig config, long seed, Device device) {
        NDManager manager = Torch.manager(device);
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (Parameter parameter : Parameter.all(config)) {
            float[] values = values(parameter, config, random.split());
            arrays.put(parameter.name(), manager.create(values, parameter.shape()));
        }
        return new Decoder(config, manager, arrays);
    }

    /** Reads weights into main memory, see {@link #load(Path, ModelConfig, Device)}. */
    public static Decoder load(Path safetensors, ModelConfig config) {
        return load(safetensors, config, Device.cpu());
    }

    /**
     * Reads weights from a safetensors file, or from all of those in a folder.
     *
     * @throws IllegalArgumentException naming the file and every array that is missing, unknown or of another shape than {@code config} says
     */
    public static Decoder load(Path safetensors, ModelConfig config, Device device) {
        NDManager manager = Torch.manager(device);
        try {
            Map<String, NDArray> read = SafeTensors.readAll(safetensors, manager);
            return new Decoder(config, manager, matched(safetensors, config, read));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** The network as TorchScript methods with the sizes of {@code config}; further methods may be appended and call these. */
    public static String script(ModelConfig config) {
        int stride = config.attentionBias() ? 12 : 9;
        int norm = 1 + stride * config.layers();
        return SCRIPT.replace("$LAYERS", Integer.toString(config.layers()))
                .replace("$STRIDE", Integer.toString(stride))
                .replace("$HIDDEN", Integer.toString(config.hiddenSize()))
                .replace("$HEADS", Integer.toString(config.heads()))
                .replace("$KV", Integer.toString(config.kvHeads()))
                .replace("$GROUPS", Integer.toString(config.groups()))
                .replace("$DIM", Integer.toString(config.headDim()))
                .replace("$EPS", Double.toString(config.rmsNormEps()))
                .replace("$BIAS", config.attentionBias() ? "True" : "False")
                .replace("$NORM", Integer.toString(norm))
                .replace("$OUTPUT", Integer.toString(config.tieEmbeddings() ? 0 : norm + 1));
    }

    /** Sizes of this decoder. */
    public ModelConfig config() {
        return config;
    }

    /** Owner of the parameters; closed with the decoder. */
    public NDManager manager() {
        return manager;
    }

    /** Hugging Face names of {@link #parameters}, in the same order. */
    public List<String> names() {
        return names;
    }

    /** The parameters, float32, always in the same order for the same config. */
    public List<NDArray> parameters() {
        return parameters;
    }

    /** Cosines of the rotary angles, [maxPositions, headDim]. */
    public NDArray cos() {
        return cos;
    }

    /** Sines of the rotary angles, [maxPositions, headDim]. */
    public NDArray sin() {
        return sin;
    }

    /** Makes the parameters leaves of autograd's graphs, or plain arrays again. */
    public void requireGradients(boolean required) {
        parameters.forEach(p -> p.setRequiresGradient(required));
    }

    /**
     * Takes over the values of another decoder of the same config; the arrays stay the same objects.
     *
     * @throws IllegalArgumentException if the configs differ
     */
    public void copyFrom(Decoder other) {
        if (!config.equals(other.config)) {
            throw new IllegalArgumentException("cannot copy a model of " + other.config + " into one of " + config);
        }
        for (int i = 0; i < parameters.size(); i++) {
            Copy.into(parameters.get(i), 0, other.parameters.get(i));
        }
    }

    /** Writes the parameters to a safetensors file; the file appears complete or not at all. */
    public void save(Path safetensors) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            arrays.put(names.get(i), parameters.get(i));
        }
        SafeTensors.write(safetensors, arrays, Map.of("format", "pt"));
    }

    @Override
    public void close() {
        manager.close();
    }

    private static Map<String, NDArray> matched(Path source, ModelConfig config, Map<String, NDArray> read) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        List<String> faults = new ArrayList<>();
        Set<String> unknown = new LinkedHashSet<>(read.keySet());
        for (Parameter parameter : Parameter.all(config)) {
            NDArray array = read.get(parameter.name());
            unknown.remove(parameter.name());
            if (array == null) {
                faults.add(parameter.name() + " is missing");
            } else if (!array.getShape().equals(parameter.shape())) {
                faults.add(parameter.name() + " is " + array.getShape() + ", expected " + parameter.shape());
            }
            arrays.put(parameter.name(), array);
        }
        unknown.removeIf(name -> name.endsWith("rotary_emb.inv_freq"));
        if (config.tieEmbeddings()) {
            unknown.remove("lm_head.weight");
        }
        unknown.forEach(name -> faults.add(name + " is unknown"));
        if (!faults.isEmpty()) {
            List<String> shown = faults.subList(0, Math.min(faults.size(), 5));
            throw new IllegalArgumentException(source + " does not hold this model, " + faults.size() + " faults: "
                    + String.join("; ", shown) + (faults.size() > shown.size() ? "; ..." : ""));
        }
        return arrays;
    }

    private static float[] values(Parameter parameter, ModelConfig config, SplittableRandom random) {
        float[] values = new float[Math.toIntExact(parameter.shape().size())];
        double deviation = 0;
        switch (parameter.start()) {
            case ONE -> Arrays.fill(values, 1f);
            case NORMAL -> deviation = DEVIATION;
            case RESIDUAL -> deviation = DEVIATION / Math.sqrt(2.0 * config.layers());
            case ZERO -> {}
        }
        for (int i = 0; deviation > 0 && i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }

    /** Angle of position t in pair i: t / theta^(2 i / hd), the pair being the i-th of each half (Su et al. 2021, Hugging Face layout). */
    private static NDArray rotary(NDManager manager, ModelConfig config, boolean cosine) {
        int dim = config.headDim();
        float[] table = new float[Math.multiplyExact(config.maxPositions(), dim)];
        for (int i = 0; i < dim; i++) {
            double frequency = Math.pow(config.ropeTheta(), -2.0 * (i % (dim / 2)) / dim);
            for (int t = 0; t < config.maxPositions(); t++) {
                double angle = t * frequency;
                table[t * dim + i] = (float) (cosine ? Math.cos(angle) : Math.sin(angle));
            }
        }
        return manager.create(table, new Shape(config.maxPositions(), dim));
    }

    private static String resource() {
        try (InputStream in = Decoder.class.getResourceAsStream("decoder.py.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the resource decoder.py.txt", e);
        }
    }
}
