package dev.seine.policy;

import ai.djl.Device;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prints the engine's tokens per second at one and two threads, and the calling thread's share; run its main by hand on a quiet machine. Arguments: slots, feed-forward width, vocabulary. */
final class EngineBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(EngineBenchmark.class);
    private static final int PROMPT = 20;
    private static final int LONGEST = 160;
    private static final int STOP = 5;

    private EngineBenchmark() {}

    public static void main(String[] arguments) {
        int slots = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 128;
        int width = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 384;
        int words = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1500;
        ModelConfig config = new ModelConfig(words, 128, width, 4, 4, 2, 32, 256, 10_000, 1e-6, true, true);
        for (int threads : new int[] {1, 2}) {
            Torch.threads(threads);
            try (LocalEngine engine = new LocalEngine(Decoder.random(config, 1, Device.cpu()), slots, 256, 0)) {
                for (boolean pauses : new boolean[] {false, true}) {
                    run(engine, pauses, 40); // warm-up
                    long ticks = 400;
                    long tokens = engine.generatedTokens();
                    long start = System.nanoTime();
                    long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                    run(engine, pauses, ticks);
                    double seconds = (System.nanoTime() - start) / 1e9;
                    cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
                    LOG.info(String.format(
                            "%d threads, %d slots, %,d parameters, %s: %,.0f tokens/s, %.2f ms a tick, %.2f ms of processor",
                            threads,
                            slots,
                            config.parameterCount(),
                            pauses ? "stops with 40 inserted tokens" : "no stops",
                            (engine.generatedTokens() - tokens) / seconds,
                            seconds * 1e3 / ticks,
                            cpu / 1e6 / ticks));
                }
            }
        }
    }

    private static void run(LocalEngine engine, boolean pauses, long ticks) {
        SplittableRandom random = new SplittableRandom(7);
        // about 1 in 50 tokens stops at uniform scores
        Set<Integer> stops = pauses
                ? Set.copyOf(random.ints(30, STOP, 1000).distinct().boxed().toList())
                : Set.of();
        long next = engine.generatedTokens();
        for (long tick = 0; tick < ticks; tick++) {
            while (engine.free() > 0) {
                int[] prompt = random.ints(PROMPT, 0, 1000).toArray();
                engine.start("s" + next++, prompt, new Sampling(1, 1, next, LONGEST, -1, stops, new int[0]));
            }
            List<Written> stopped = engine.step();
            for (Written written : stopped) {
                if (written.reason() == StopReason.STOP_TOKEN) {
                    engine.resume(written.id(), random.ints(40, 0, 1000).toArray());
                }
            }
        }
    }
}
