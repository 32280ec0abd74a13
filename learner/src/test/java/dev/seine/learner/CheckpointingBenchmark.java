package dev.seine.learner;

import ai.djl.Device;
import dev.seine.policy.Decoder;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Precision;
import dev.seine.policy.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prints the peak memory and the time of training steps, on one thread, of a model with random weights; run its main by hand, on Linux, in a process for
 * each way, as memory that is given back to the C library is not given back to the system. Arguments: checkpointing (true or false), precision, layers,
 * width, tokens of a micro-batch.
 */
final class CheckpointingBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointingBenchmark.class);
    private static final int WORDS = 2000;
    private static final int LENGTH = 250;
    private static final int STEPS = 5;

    private CheckpointingBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        boolean checkpointing = Boolean.parseBoolean(arguments[0]);
        Precision precision = Precision.of(arguments[1]);
        int layers = Integer.parseInt(arguments[2]);
        int width = Integer.parseInt(arguments[3]);
        int tokens = Integer.parseInt(arguments[4]);
        ModelConfig config = new ModelConfig(
                WORDS, width, 4 * width, layers, width / 32, width / 32, 32, LENGTH, 10_000, 1e-6, true, true);
        Torch.threads(1);
        LOG.info(String.format(
                "%,d parameters, %d layers, %d wide, %,d tokens, %s, checkpointing %b",
                config.parameterCount(), layers, width, tokens, precision.id(), checkpointing));
        try (Decoder decoder = Decoder.random(config, 1, Device.cpu());
                Trainer trainer = new Trainer(decoder, new Computation(precision, checkpointing))) {
            measure(trainer, batches(tokens));
        }
    }

    private static void measure(Trainer trainer, List<TokenBatch> batches) throws IOException {
        trainer.update(OptimizerConfig.adamw(3e-4, 5), 1e-4); // zeros take no memory before they are written to
        Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // the peak begins anew
        long before = mebibytes("VmRSS");
        double[] seconds = new double[STEPS];
        for (int step = 0; step < STEPS; step++) {
            long start = System.nanoTime();
            for (TokenBatch batch : batches) {
                trainer.accumulate(batch, LossConfig.LIKELIHOOD);
            }
            trainer.update(OptimizerConfig.adamw(3e-4, 5), 1e-4);
            seconds[step] = (System.nanoTime() - start) / 1e9;
        }
        Arrays.sort(seconds);
        LOG.info(String.format(
                "peak %,d MiB above the %,d MiB before; %.2f s a step (%.2f to %.2f)",
                mebibytes("VmHWM") - before, before, seconds[STEPS / 2], seconds[0], seconds[STEPS - 1]));
    }

    private static long mebibytes(String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith(key + ":"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .findFirst()
                        .orElseThrow()
                / 1024;
    }

    private static List<TokenBatch> batches(int tokens) {
        SplittableRandom random = new SplittableRandom(1);
        List<Sequence> sequences = new ArrayList<>();
        for (int i = 0; i < tokens / LENGTH; i++) {
            boolean[] trained = new boolean[LENGTH];
            Arrays.fill(trained, 1, LENGTH, true);
            sequences.add(
                    Sequence.likelihood("s" + i, random.ints(LENGTH, 0, WORDS).toArray(), trained));
        }
        return new Packer(tokens, 0).pack(sequences, Tiny.even(sequences.size(), 1.0 / tokens));
    }
}
