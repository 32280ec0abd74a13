package dev.seine.learner;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.seine.policy.Decoder;
import dev.seine.policy.Precision;
import dev.seine.policy.SafeTensors;
import dev.seine.policy.Torch;
import dev.seine.policy.TorchModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Changes a decoder's parameters by gradients. All state (gradients, both moments, the step counter) is arrays owned here, so that training
 * saved and loaded goes on bit for bit as if it had not stopped, on the same machine with the same number of threads. Nothing that a call
 * makes outlives it. Not safe for use by several threads.
 */
final class Trainer implements AutoCloseable {
    private static final String SCRIPT = resource();
    private static final String COUNTER = "step";

    private final Decoder decoder;
    private final NDManager manager;
    private final TorchModule module;
    private final List<NDArray> trained;
    private final List<NDArray> gradients;
    private final List<NDArray> first;
    private final List<NDArray> second;
    private final NDArray counter;

    /** Trains {@code decoder} in place, see {@link Computation#PLAIN}; it stays the caller's. */
    Trainer(Decoder decoder) {
        this(decoder, Computation.PLAIN);
    }

    /** Trains {@code decoder}, whose parameters must be float32, in place; it stays the caller's. */
    Trainer(Decoder decoder, Computation computation) {
        this.decoder = decoder;
        this.manager = decoder.manager().newSubManager();
        this.trained = decoder.parameters()
                .subList(decoder.trainedFrom(), decoder.parameters().size());
        this.module = Torch.compile(manager, script(decoder, computation));
        this.gradients = zeros();
        this.first = zeros();
        this.second = zeros();
        this.counter = manager.zeros(new Shape());
        decoder.requireGradients(true);
    }

    /** Adds the gradient of the batch's loss to what the next {@link #update} applies. */
    LossSums accumulate(TokenBatch batch, LossConfig loss) {
        try (NDManager scope = manager.newSubManager()) {
            boolean entropy = batch.advantage().length > 0 && batch.policyWeight()[0] > 0;
            List<Object> arguments = arguments(scope, batch, loss, entropy, decoder);
            arguments.add(gradients);
            return LossSums.of(
                    module.call(scope, "accumulate", true, arguments).get(0).toFloatArray());
        }
    }

    /** ln p of the batch's N targets under a model of the same config, such as the reference. */
    float[] logprobs(TokenBatch batch, LossConfig loss, Decoder model) {
        try (NDManager scope = manager.newSubManager()) {
            return module.call(scope, "logprobs", false, arguments(scope, batch, loss, false, model))
                    .get(0)
                    .toFloatArray();
        }
    }

    /**
     * Applies the accumulated gradient and forgets it.
     *
     * @return the global norm before clipping; if it is not finite, no parameter has changed
     */
    double update(OptimizerConfig o, double lr) {
        try (NDManager scope = manager.newSubManager()) {
            float[] hyper = {
                (float) lr,
                (float) o.beta1(),
                (float) o.beta2(),
                (float) o.eps(),
                (float) o.weightDecay(),
                (float) o.gradClip(),
                (float) o.momentum()
            };
            List<Object> arguments = new ArrayList<>(List.of(scope.create(hyper), counter));
            boolean muon = o.kind().equals(OptimizerConfig.MUON);
            for (Rule rule : Rule.values()) {
                List<List<NDArray>> state = List.of(trained, gradients, first, second);
                for (List<NDArray> all : state.subList(0, rule.arrays)) {
                    arguments.add(under(rule, muon, all, scope));
                }
            }
            return module.call(scope, "update", true, arguments).get(0).getFloat();
        }
    }

    /** How an array is updated. */
    private enum Rule {
        MUON(3),
        ADAMW(4),
        WITHOUT_DECAY(4);

        /** Of a parameter: itself, its gradient, its first moment and, but for Muon, its second. */
        private final int arrays;

        Rule(int arrays) {
            this.arrays = arrays;
        }
    }

    /** The arrays under a rule; a lone zero where there are none, as with adapters, since a call takes no empty lists. */
    private List<NDArray> under(Rule rule, boolean muon, List<NDArray> all, NDManager scope) {
        List<NDArray> chosen = IntStream.range(0, all.size())
                .filter(i -> rule == rule(i, muon))
                .mapToObj(all::get)
                .toList();
        return chosen.isEmpty() ? List.of(scope.zeros(new Shape(1, 1))) : chosen;
    }

    private Rule rule(int index, boolean muon) {
        if (trained.get(index).getShape().dimension() < 2) {
            return Rule.WITHOUT_DECAY;
        }
        return muon && decoder.projection(decoder.trainedFrom() + index) ? Rule.MUON : Rule.ADAMW;
    }

    /** The losses of N tokens with given log-probabilities, without a network. */
    LossSums losses(float[] logprobs, TokenBatch batch, LossConfig loss) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray columns = scope.create(batch.columns(), new Shape(7, batch.size()));
            NDList out = module.call(
                    scope, "losses", false, List.of(scope.create(logprobs), columns, scope.create(hyper(loss, false))));
            float[] sums = out.get(1).toFloatArray();
            return LossSums.of(java.util.Arrays.copyOf(sums, sums.length + 1));
        }
    }

    /** Updates applied since the optimizer was fresh. */
    long updates() {
        return (long) counter.getFloat();
    }

    Decoder decoder() {
        return decoder;
    }

    /** Gradients accumulated so far, in the order of the trained parameters. */
    List<NDArray> gradients() {
        return gradients;
    }

    /** Takes over the weights of a file, of the same architecture. */
    void load(Path safetensors) {
        try (Decoder saved = decoder.alike(safetensors)) {
            decoder.copyFrom(saved);
        }
    }

    /** Writes moments and step counter. */
    void saveOptimizer(Path safetensors) {
        SafeTensors.write(safetensors, optimizer(), Map.of("format", "pt"));
    }

    /**
     * Reads what {@link #saveOptimizer} wrote.
     *
     * @throws IllegalArgumentException if an array is missing or of another shape; nothing has changed then
     */
    void loadOptimizer(Path safetensors) {
        try (NDManager scope = manager.newSubManager()) {
            Map<String, NDArray> read = SafeTensors.read(safetensors, scope);
            Map<String, NDArray> mine = optimizer();
            mine.forEach((name, array) -> {
                NDArray found = read.get(name);
                if (found == null || !found.getShape().equals(array.getShape())) {
                    throw new IllegalArgumentException(safetensors + ": " + name + " is "
                            + (found == null ? "missing" : found.getShape()) + ", expected " + array.getShape());
                }
            });
            mine.forEach((name, array) ->
                    Objects.requireNonNull(read.get(name), name).copyTo(array));
        }
    }

    /** Forgets all updates: as the optimizer was before the first. */
    void resetOptimizer() {
        try (NDManager scope = manager.newSubManager()) {
            optimizer().values().forEach(array -> scope.zeros(array.getShape()).copyTo(array));
        }
    }

    @Override
    public void close() {
        decoder.requireGradients(false);
        module.close();
        manager.close();
    }

    private Map<String, NDArray> optimizer() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put(COUNTER, counter);
        for (int i = 0; i < first.size(); i++) {
            String name = decoder.names().get(decoder.trainedFrom() + i);
            arrays.put("m." + name, first.get(i));
            arrays.put("v." + name, second.get(i));
        }
        return arrays;
    }

    private List<Object> arguments(NDManager scope, TokenBatch batch, LossConfig loss, boolean entropy, Decoder model) {
        int vocabulary = model.config().vocabSize();
        List<Object> arguments = new ArrayList<>();
        arguments.add(scope.create(batch.ids(), new Shape(batch.rows(), batch.width())));
        arguments.add(scope.create(batch.positions()));
        arguments.add(scope.create(batch.targets()));
        arguments.add(scope.create(batch.columns(), new Shape(7, batch.size())));
        arguments.add(scope.create(batch.ban()));
        arguments.add(
                batch.bans().length > 1
                        ? scope.create(batch.bias(vocabulary), new Shape(batch.bans().length, vocabulary))
                        : scope.zeros(new Shape(1, 1)));
        arguments.add(scope.create(hyper(loss, entropy)));
        arguments.add(model.cos());
        arguments.add(model.sin());
        arguments.add(model.parameters());
        return arguments;
    }

    private static float[] hyper(LossConfig loss, boolean entropy) {
        return new float[] {
            (float) loss.clipLow(),
            (float) loss.clipHigh(),
            (float) loss.importanceCap(),
            (float) loss.kl(),
            entropy ? 1f : 0f,
            (float) loss.dualClip(),
            loss.estimator()
        };
    }

    private List<NDArray> zeros() {
        return trained.stream().map(p -> manager.zeros(p.getShape())).toList();
    }

    private static String script(Decoder decoder, Computation computation) {
        return decoder.script()
                .with("\n"
                        + SCRIPT.replace("$HALF", truth(computation.precision() == Precision.BFLOAT16))
                                .replace("$CHECKPOINTING", truth(computation.checkpointing()))
                                .replace("$TRAINED", Integer.toString(decoder.trainedFrom())));
    }

    private static String truth(boolean value) {
        return value ? "True" : "False";
    }

    private static String resource() {
        try (InputStream in = Trainer.class.getResourceAsStream("loss.py.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the resource loss.py.txt", e);
        }
    }
}
