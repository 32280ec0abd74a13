package dev.seine.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/** A decoder with keys and values of many sequences, allocated once: [slots, kvHeads, maxTokens + 1, headDim] per layer. */
final class CachedDecoder implements AutoCloseable {
    /** Share of rows in use from which reading the caches in place beats copying the rows in use. */
    private static final double DENSE = 0.6;

    private final ModelConfig config;
    private final NDManager manager;
    private final Torch.Held keys;
    private final Torch.Held values;
    private final Precision precision;
    private TorchModule network;
    private Weights weights;

    private record Weights(Decoder decoder, Torch.Held parameters, Torch.Held cos, Torch.Held sin)
            implements AutoCloseable {
        static Weights of(Decoder decoder) {
            return new Weights(
                    decoder, Torch.hold(decoder.parameters()), Torch.hold(decoder.cos()), Torch.hold(decoder.sin()));
        }

        @Override
        public void close() {
            parameters.close();
            cos.close();
            sin.close();
            decoder.close();
        }
    }

    CachedDecoder(Decoder decoder, int slots, int maxTokens) {
        this.config = decoder.config();
        this.manager = Torch.manager(decoder.manager().getDevice());
        this.precision = decoder.precision();
        this.network = Torch.compile(manager, decoder.script().text());
        Shape shape = new Shape(slots, config.kvHeads(), maxTokens + 1L, config.headDim());
        this.keys = Torch.hold(zeros(shape));
        this.values = Torch.hold(zeros(shape));
        this.weights = Weights.of(decoder);
    }

    private List<NDArray> zeros(Shape shape) {
        List<NDArray> layers = new ArrayList<>();
        for (int l = 0; l < config.layers(); l++) {
            layers.add(Storage.zeros(manager, shape, precision));
        }
        return layers;
    }

    ModelConfig config() {
        return config;
    }

    NDManager manager() {
        return manager;
    }

    /** Precision of weights and caches. */
    Precision precision() {
        return precision;
    }

    /** Uses other weights of the same config and precision from the next call on; the ones before are closed. */
    void replace(Decoder decoder) {
        Weights before = weights;
        if (!decoder.script().equals(before.decoder.script())) {
            network.close();
            network = Torch.compile(manager, decoder.script().text());
        }
        weights = Weights.of(decoder);
        before.close();
    }

    /**
     * Feeds chunks and draws a token after each.
     *
     * @return token and log-probability of each chunk, one after the other; meaningless where a chunk is not its sequence's last
     */
    float[] advance(List<Chunk> chunks) {
        Batch batch = Batch.of(chunks, DENSE);
        try (NDManager call = manager.newSubManager()) {
            NDArray whole = call.create(batch.whole(), new Shape(batch.rows(), batch.width() + 3L));
            NDArray row = call.create(batch.row(), new Shape(3, batch.rows()));
            NDArray bans = call.create(batch.bans(), new Shape(2, batch.bans().length / 2));
            List<Object> arguments = List.of(
                    whole,
                    row,
                    bans,
                    batch.upto(),
                    batch.dense(),
                    batch.bans().length > 0,
                    batch.greedy(),
                    batch.nucleus(),
                    weights.cos,
                    weights.sin,
                    weights.parameters,
                    keys,
                    values);
            return batch.ofChunks(
                    network.call(call, "tick", false, arguments).get(0).toFloatArray());
        }
    }

    @Override
    public void close() {
        weights.close();
        keys.close();
        values.close();
        network.close();
        manager.close();
    }
}
