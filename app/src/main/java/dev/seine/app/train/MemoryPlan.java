package dev.seine.app.train;

import ai.djl.Device;
import dev.seine.learner.Computation;
import dev.seine.policy.Devices;
import dev.seine.policy.Lora;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Precision;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What arrays of a run will take, in bytes by purpose, before any is made. All but the activations are exact; those are an estimate from what the
 * network keeps for its backward pass.
 *
 * @param parts bytes by purpose
 */
record MemoryPlan(Map<String, Long> parts) {
    private static final long FLOAT = Precision.FLOAT32.bytes();
    private static final double GIB = 1L << 30;

    /** Learner and, unless servers write the rollouts, generator of one process. */
    static MemoryPlan of(ModelConfig model, RunConfig config) {
        Map<String, Long> parts = new LinkedHashMap<>(learner(model, config).parts);
        if (!config.engine().on()) {
            parts.putAll(generator(model, config).parts);
        }
        return new MemoryPlan(parts);
    }

    /** Of the learner alone. */
    static MemoryPlan learner(ModelConfig model, RunConfig config) {
        Optional<Lora> lora = config.lora().adapter();
        Precision precision = Precision.of(config.model().precision());
        long all =
                model.parameterCount() + lora.map(l -> l.parameterCount(model)).orElse(0L);
        long trained = lora.map(l -> l.parameterCount(model)).orElse(all);
        int tokens =
                Math.max(config.learn().microBatchTokens(), config.coldStart().microBatchTokens());
        Map<String, Long> parts = new LinkedHashMap<>();
        parts.put("weights", all * FLOAT);
        parts.put("half-precision copies", precision == Precision.BFLOAT16 ? all * precision.bytes() : 0);
        long fresh = config.learn().checkpointing() ? stage(model, lora) : trained;
        parts.put("gradients", (trained + fresh) * FLOAT); // those added up, and those that are being computed
        parts.put("optimizer", 2 * trained * FLOAT);
        parts.put("reference", config.learn().loss().kl() > 0 ? all * FLOAT : 0);
        parts.put("activations", activations(model, tokens, config.computation()));
        return new MemoryPlan(parts);
    }

    /** Of the generator alone; while weights are swapped there are two of them. */
    static MemoryPlan generator(ModelConfig model, RunConfig config) {
        long bytes = Precision.of(config.model().precision()).bytes();
        long positions = config.generate().slots() * (config.generate().maxTokens() + 1L);
        long keys = 2L * model.layers() * model.kvHeads() * model.headDim();
        Map<String, Long> parts = new LinkedHashMap<>();
        parts.put("generator's weights", 2 * model.parameterCount() * bytes);
        parts.put("KV cache", positions * keys * bytes);
        return new MemoryPlan(parts);
    }

    /**
     * Trained parameters of the largest part that gets its gradients at once where layers are computed again: the last layer with the output, or with
     * adapters any layer.
     */
    private static long stage(ModelConfig m, Optional<Lora> lora) {
        long words = (long) m.vocabSize() * m.hiddenSize();
        long layers = m.parameterCount() - words * (m.tieEmbeddings() ? 1 : 2) - m.hiddenSize();
        return lora.map(l -> l.parameterCount(m) / m.layers()).orElse(words + m.hiddenSize() + layers / m.layers());
    }

    /**
     * What a micro-batch keeps for its backward pass. Per token and layer: the residual stream twice and both norms' results (4 widths), queries, keys
     * and values before and after the rotation with its parts, keys and values repeated for their groups, attention's result and its transposition,
     * and four times the feed-forward width; per token the scores of all words, their softmax and its gradient in float32. Where layers are computed
     * again it is all that of one layer, and the residual stream of the others.
     */
    private static long activations(ModelConfig m, long tokens, Computation computation) {
        long heads = (long) m.heads() * m.headDim();
        long keys = (long) m.kvHeads() * m.headDim();
        long layer = 4L * m.hiddenSize() + 4 * (heads + keys) + keys + 4 * heads + 4L * m.intermediateSize();
        long network = computation.checkpointing() ? layer + (m.layers() - 1L) * m.hiddenSize() : m.layers() * layer;
        return tokens * (network * computation.precision().bytes() + 3L * m.vocabSize() * FLOAT);
    }

    long bytes() {
        return parts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** This machine's memory less what the Java heap may grow to, or what is free on a GPU if that is known. */
    static OptionalLong available(Device device) {
        if (device.isGpu()) {
            return Devices.free(device);
        }
        var machine = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return OptionalLong.of(
                machine.getTotalMemorySize() - Runtime.getRuntime().maxMemory());
    }

    /**
     * The plan as a line.
     *
     * @throws IllegalArgumentException if it does not fit, with what would help
     */
    String within(OptionalLong available) {
        String most = available.isPresent() ? size(available.getAsLong()) : "an unknown size";
        String line = "memory: %s of %s: ".formatted(size(bytes()), most)
                + parts.entrySet().stream()
                        .filter(part -> part.getValue() > 0)
                        .map(part -> part.getKey() + " " + size(part.getValue()))
                        .collect(Collectors.joining(", "));
        if (bytes() > available.orElse(Long.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    line + ". That does not fit: train adapters only (lora.rank), compute in half precision"
                            + " (model.precision), keep less for the backward pass (learn.checkpointing), lower learn.micro-batch-tokens, cold-start.micro-batch-tokens, generate.slots or"
                            + " generate.max-tokens, or have servers write the rollouts (engine.urls)");
        }
        return line;
    }

    private static String size(long bytes) {
        return bytes >= GIB / 10
                ? String.format(Locale.ROOT, "%.1f GiB", bytes / GIB)
                : String.format(Locale.ROOT, "%.1f MiB", bytes / GIB * 1024);
    }
}
