package dev.seine.policy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a decoder: arrays with their Hugging Face names, in the order in which {@link NetworkScript} indexes them. The network
 * itself is that text; a decoder only owns its arrays. An adapted decoder has those of a {@link Lora} after the model's.
 */
public final class Decoder implements AutoCloseable {
    private final ModelConfig config;
    private final NDManager manager;
    private final List<String> names;
    private final List<NDArray> parameters;
    private final NDArray cos;
    private final NDArray sin;
    private final Optional<Adapters> adapters;

    private Decoder(ModelConfig config, NDManager manager, Map<String, NDArray> arrays, Optional<Adapters> adapters) {
        this.config = config;
        this.manager = manager;
        this.names = List.copyOf(arrays.keySet());
        this.parameters = List.copyOf(arrays.values());
        this.cos = Rotary.table(manager, config, true);
        this.sin = Rotary.table(manager, config, false);
        this.adapters = adapters;
    }

    /** A fresh model; equal seeds give equal values. Weights of 2^31 values and more cannot be made fresh. */
    public static Decoder random(ModelConfig config, long seed, Device device) {
        NDManager manager = Torch.manager(device);
        return new Decoder(
                config, manager, Parameter.fresh(Parameter.all(config), config, seed, manager), Optional.empty());
    }

    /** Weights of this decoder's sizes, read to where its own are, in float32; the caller's. See {@link #load(Path, ModelConfig, Device, Precision)}. */
    public Decoder alike(Path safetensors) {
        return load(safetensors, config, manager.getDevice(), Precision.FLOAT32);
    }

    /** Reads weights into main memory as float32, see {@link #load(Path, ModelConfig, Device, Precision)}. */
    public static Decoder load(Path safetensors, ModelConfig config) {
        return load(safetensors, config, Device.cpu(), Precision.FLOAT32);
    }

    /**
     * Reads weights from a safetensors file, or from those of a folder in Hugging Face's layout. A file that {@link #save} wrote for an adapted
     * decoder is read together with the weights it belongs to. All or nothing.
     *
     * @throws IllegalArgumentException naming the file and every array that is missing, unknown, of another shape or type than {@code config}
     *     says, or holds values that are infinite or not a number
     */
    public static Decoder load(Path safetensors, ModelConfig config, Device device, Precision precision) {
        Shards shards = Shards.of(safetensors);
        Optional<Adapters> adapters = Adapters.in(shards, safetensors);
        Shards base = adapters.map(a -> Shards.of(a.verifiedBase())).orElse(shards);
        base.expect(Parameter.all(config));
        adapters.ifPresent(a -> shards.expect(a.lora().arrays(config)));
        NDManager manager = Torch.manager(device);
        try {
            Map<String, NDArray> arrays = base.read(Parameter.all(config), manager, precision);
            adapters.ifPresent(a -> arrays.putAll(shards.read(a.lora().arrays(config), manager, precision)));
            return new Decoder(config, manager, arrays, adapters);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Reads the weights in {@code base} and puts fresh adapters beside them, which change nothing yet; equal seeds give equal values.
     *
     * @param base file or folder; must be found beside files of the adapters or in a folder above them
     */
    public static Decoder adapted(Path base, ModelConfig config, Lora lora, long seed, Device device) {
        try (Decoder plain = load(base, config, device, Precision.FLOAT32)) {
            Adapters adapters = Adapters.over(base, lora);
            Map<String, NDArray> fresh = Parameter.fresh(lora.arrays(config), config, seed, plain.manager);
            return plain.with(adapters, fresh);
        }
    }

    /**
     * Reads the weights in {@code base} with the adapter of a PEFT folder.
     *
     * @throws IllegalArgumentException naming file and array, as {@link #load(Path, ModelConfig, Device, Precision)} does
     */
    public static Decoder adapted(Path base, ModelConfig config, Path peftFolder, Device device) {
        Adapters adapters = Adapters.over(base, Adapters.peft(peftFolder));
        List<Parameter> arrays = adapters.lora().arrays(config);
        Shards shards = Shards.of(peftFolder.resolve(Adapters.PEFT_WEIGHTS));
        shards.expect(arrays);
        try (Decoder plain = load(base, config, device, Precision.FLOAT32)) {
            return plain.with(adapters, shards.read(arrays, plain.manager, Precision.FLOAT32));
        }
    }

    /** A decoder of these arrays and more, which takes over their memory. */
    private Decoder with(Adapters more, Map<String, NDArray> fresh) {
        NDManager own = Torch.manager(manager.getDevice());
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            arrays.put(names.get(i), parameters.get(i));
        }
        arrays.putAll(fresh);
        arrays.values().forEach(array -> array.attach(own));
        return new Decoder(config, own, arrays, Optional.of(more));
    }

    /** Sizes of this decoder. */
    public ModelConfig config() {
        return config;
    }

    /** The adapters that are trained; empty if all parameters are. */
    public Optional<Lora> lora() {
        return adapters.map(Adapters::lora);
    }

    /** How the parameters are kept. */
    public Precision precision() {
        return parameters.get(0).getDataType() == DataType.FLOAT32 ? Precision.FLOAT32 : Precision.BFLOAT16;
    }

    /** Owner of the parameters; closed with the decoder. */
    public NDManager manager() {
        return manager;
    }

    /** The network with this decoder's sizes, see {@link NetworkScript}. */
    public NetworkScript script() {
        return new NetworkScript(config, lora());
    }

    /** Names of {@link #parameters}, in the same order: Hugging Face's, and PEFT's of adapters. */
    public List<String> names() {
        return names;
    }

    /** The parameters, of one precision, always in the same order for the same config and adapters. */
    public List<NDArray> parameters() {
        return parameters;
    }

    /** Whether one of {@link #parameters} is a projection within a layer, [out, in]: no embedding, output projection, gain, bias or adapter. */
    public boolean projection(int index) {
        return index < Parameter.all(config).size()
                && Parameter.all(config).get(index).projection();
    }

    /** Where those of {@link #parameters} begin that are trained: the adapters' if there are any, else 0. They go on to the end. */
    public int trainedFrom() {
        return adapters.isPresent() ? Parameter.all(config).size() : 0;
    }

    /** Cosines of the rotary angles, float32 [maxPositions, headDim]. */
    public NDArray cos() {
        return cos;
    }

    /** Sines of the rotary angles, float32 [maxPositions, headDim]. */
    public NDArray sin() {
        return sin;
    }

    /** Makes the trained parameters leaves of autograd's graphs, or plain arrays again. */
    public void requireGradients(boolean required) {
        parameters.subList(trainedFrom(), parameters.size()).forEach(p -> p.setRequiresGradient(required));
    }

    /**
     * Takes over the values of another decoder of the same config and adapters; the arrays stay the same objects.
     *
     * @throws IllegalArgumentException if they differ
     */
    public void copyFrom(Decoder other) {
        if (!config.equals(other.config) || !lora().equals(other.lora())) {
            throw new IllegalArgumentException("cannot copy a model of " + other.config + " with " + other.lora()
                    + " into one of " + config + " with " + lora());
        }
        for (int i = 0; i < parameters.size(); i++) {
            Copy.into(parameters.get(i), 0, other.parameters.get(i));
        }
    }

    /** Adds the adapters' part to the model's weights, for use without them until {@link #unmerge}: W + alpha / rank * B A. */
    public void merge() {
        adapters.orElseThrow(() -> new IllegalStateException("there is no adapter to merge"))
                .fold(config, parameters, 1);
    }

    /** Takes it away again; weights are as before but for rounding. */
    public void unmerge() {
        adapters.orElseThrow(() -> new IllegalStateException("there is no adapter to take away"))
                .fold(config, parameters, -1);
    }

    /**
     * Writes what is trained to a safetensors file, in float32: all parameters, or the adapters with a pointer to the weights they belong to. The
     * file appears complete or not at all.
     */
    public void save(Path safetensors) {
        save(safetensors, Precision.FLOAT32);
    }

    /** As {@link #save(Path)}, in another precision. */
    public void save(Path safetensors, Precision precision) {
        Map<String, String> texts = new LinkedHashMap<>(Map.of("format", "pt"));
        adapters.ifPresent(a -> texts.putAll(a.metadata()));
        SafeTensors.write(safetensors, arrays(trainedFrom(), parameters.size()), precision, texts);
    }

    /** Writes the model's own weights, without adapters, as {@link #save(Path, Precision)}. */
    public void saveModel(Path safetensors, Precision precision) {
        int own = Parameter.all(config).size();
        SafeTensors.write(safetensors, arrays(0, own), precision, Map.of("format", "pt"));
    }

    /**
     * Writes the adapters as PEFT does: a folder with {@code adapter_config.json} and {@code adapter_model.safetensors}.
     *
     * @throws IllegalArgumentException if there are none
     */
    public void saveAdapter(Path peftFolder) {
        Adapters own = adapters.orElseThrow(
                () -> new IllegalArgumentException("the weights are a whole model's, there is no adapter to write"));
        own.savePeft(peftFolder, arrays(trainedFrom(), parameters.size()));
    }

    private Map<String, NDArray> arrays(int from, int to) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (int i = from; i < to; i++) {
            arrays.put(names.get(i), parameters.get(i));
        }
        return arrays;
    }

    /**
     * The same model with a row more in embedding and output for each list of tokens, the mean of those tokens' rows: how a word begins that was
     * several tokens before. Rows that are there already, but unused, are taken first. It takes over this one's memory.
     *
     * @param used rows in use; the new ones follow
     */
    Decoder withRows(int used, List<int[]> rows, int vocabSize) {
        ModelConfig larger = config.withVocabulary(vocabSize);
        NDManager own = Torch.manager(manager.getDevice());
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (Parameter parameter : Parameter.all(larger)) {
            NDArray array = parameters.get(names.indexOf(parameter.name()));
            boolean words = parameter.name().equals(Parameter.EMBEDDING)
                    || parameter.name().equals(Parameter.OUTPUT);
            arrays.put(parameter.name(), words ? longer(array, parameter, used, rows, own) : array);
        }
        arrays.values().forEach(array -> array.attach(own));
        return new Decoder(larger, own, arrays, Optional.empty());
    }

    private NDArray longer(NDArray matrix, Parameter parameter, int used, List<int[]> rows, NDManager own) {
        NDArray longer = Storage.zeros(own, parameter.shape(), precision());
        Copy.into(longer, 0, matrix);
        for (int i = 0; i < rows.size(); i++) {
            try (NDArray mean = Storage.mean(matrix, rows.get(i))) {
                Copy.into(longer, (long) (used + i) * config.hiddenSize(), mean);
            }
        }
        return longer;
    }

    @Override
    public void close() {
        manager.close();
    }
}
