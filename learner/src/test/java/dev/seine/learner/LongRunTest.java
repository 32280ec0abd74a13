package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.seine.policy.Decoder;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Torch;
import dev.seine.policy.store.LocalStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Memory and speed with a model of the default size, about 0.9 million parameters. */
@Tag("slow")
class LongRunTest {
    private static final Logger LOG = LoggerFactory.getLogger(LongRunTest.class);
    private static final ModelConfig MODEL =
            new ModelConfig(1000, 128, 384, 4, 4, 2, 32, 320, 10_000, 1e-6, true, true);
    private static final OptimizerConfig SLOW = OptimizerConfig.adamw(1e-4, 0);

    @Test
    void aThousandStepsLeaveTheProcessAsLargeAsItWas() throws IOException {
        Torch.threads(1);
        try (Decoder decoder = Decoder.random(MODEL, 1, Device.cpu());
                Trainer trainer = new Trainer(decoder)) {
            steps(trainer, 800, 8, 40);
            System.gc();
            long before = residentKb();
            steps(trainer, 1000, 8, 40);
            System.gc();
            assertThat(residentKb() - before).as("growth in KiB").isLessThan(20_000);
        }
    }

    @Test
    void aThreadTrainsThousandsOfTokensASecond() {
        // One thread: more than there are idle cores collapse, and other processes may have some.
        Torch.threads(1);
        try (Decoder decoder = Decoder.random(MODEL, 1, Device.cpu());
                Trainer trainer = new Trainer(decoder)) {
            steps(trainer, 3, 128, 100);
            long start = System.nanoTime();
            long tokens = steps(trainer, 5, 128, 100);
            double speed = tokens / ((System.nanoTime() - start) / 1e9);
            LOG.warn("one thread: {} tokens per second", Math.round(speed));
            assertThat(speed).isGreaterThan(1000);
        }
    }

    @Test
    void publishingAVersionTakesMilliseconds(@TempDir Path dir) {
        try (Decoder decoder = Decoder.random(MODEL, 1, Device.cpu())) {
            WeightsPublisher publisher =
                    new WeightsPublisher("p", dir, new LocalStore(dir), new SentEvents(), "sha", 3, Clock.systemUTC());
            WeightsPublisherTest.publish(publisher, decoder, 0, false);
            long start = System.nanoTime();
            for (int version = 1; version <= 10; version++) {
                WeightsPublisherTest.publish(publisher, decoder, version, false);
            }
            double each = (System.nanoTime() - start) / 1e7;
            LOG.warn("publishing takes {} ms", Math.round(each));
            assertThat(each).isLessThan(500);
        }
    }

    /** Steps of rollouts whose tokens are half sampled. @return tokens of all sequences */
    private static long steps(Trainer trainer, int steps, int rows, int length) {
        LossConfig loss = LossConfig.defaults().withKl(0);
        long tokens = 0;
        for (int step = 0; step < steps; step++) {
            Random random = new Random(step);
            List<Sequence> batch = new ArrayList<>();
            for (int i = 0; i < rows; i++) {
                batch.add(sequence(random, length + random.nextInt(length / 4)));
                tokens += batch.get(i).usefulLength();
            }
            new Packer(4096, 0)
                    .pack(batch, Normalisation.TOKEN.weights(batch))
                    .forEach(b -> trainer.accumulate(b, loss));
            trainer.update(SLOW, SLOW.lr());
        }
        return tokens;
    }

    private static Sequence sequence(Random random, int length) {
        boolean[] sampled = new boolean[length];
        float[] behaviour = new float[length];
        for (int i = 10; i < length; i++) {
            sampled[i] = i / 10 % 2 == 1;
            behaviour[i] = -6.9f;
        }
        int[] tokens = random.ints(length, 0, 1000).toArray();
        return new Sequence("s", tokens, sampled, behaviour, random.nextGaussian(), 1f, new int[0]);
    }

    private static long residentKb() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
