package dev.seine.learner;

import dev.seine.event.LearnerStep;
import dev.seine.event.StepPhase;
import dev.seine.policy.Decoder;
import dev.seine.policy.Tokenizer;
import dev.seine.schemas.Demonstration;
import dev.seine.schemas.Dialect;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Supervised training on demonstrations: the policy learns the markup and some facts before it is rewarded. Loss: mean negative
 * log-likelihood of the response's tokens, documents left out. Equal seeds give equal weights unless a time limit cuts the run.
 */
public final class ColdStart {
    private static final Logger LOG = LoggerFactory.getLogger(ColdStart.class);

    private final ColdStartConfig config;
    private final InstantSource clock;
    private final List<Sequence> sequences;
    private final int pad;

    /**
     * A report on the way.
     *
     * @param step updates so far
     * @param steps updates planned, unless a time limit comes first
     * @param loss mean -ln p of the trained tokens since the last report
     * @param tokensPerSecond tokens of sequences, prompt and documents included, since the last report
     * @param trainedTokens tokens in the loss since the last report
     * @param lr present learning rate
     * @param gradNorm global gradient norm of the last update, before clipping
     */
    public record Progress(
            int step, int steps, double loss, double tokensPerSecond, long trainedTokens, double lr, double gradNorm) {
        /** This report as an event of stage {@code cold-start}; the weights have no version yet but 0, which they will be published as. */
        public LearnerStep event(String policy, long atMs) {
            return LearnerStep.newBuilder()
                    .setPolicy(policy)
                    .setStep(step)
                    .setPhase(StepPhase.APPLIED)
                    .setStage("cold-start")
                    .setVersionIn(0)
                    .setVersionOut(0)
                    .setMetrics(Map.of(
                            "loss", loss,
                            "tokens-per-second", tokensPerSecond,
                            "tokens-likelihood", (double) trainedTokens,
                            "lr", lr,
                            "grad-norm", gradNorm))
                    .setAtMs(atMs)
                    .build();
        }
    }

    /**
     * Prepares the demonstrations; those that are too long for the model are left out with a warning.
     *
     * @throws IllegalArgumentException if none is left
     */
    public ColdStart(
            ColdStartConfig config,
            List<Demonstration> demonstrations,
            Dialect dialect,
            Tokenizer tokenizer,
            int maxTokens,
            InstantSource clock) {
        this.config = config;
        this.clock = clock;
        this.pad = tokenizer.pad();
        TextEncoder encoder = new TextEncoder(tokenizer, maxTokens);
        this.sequences = demonstrations.stream()
                .flatMap(d -> encoder.encode(d.id(), dialect, d.prompt(), d.response()).stream())
                .toList();
        if (sequences.size() < demonstrations.size()) {
            LOG.warn(
                    "{} of {} demonstrations are longer than {} tokens and left out",
                    demonstrations.size() - sequences.size(),
                    demonstrations.size(),
                    maxTokens);
        }
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("got " + demonstrations.size()
                    + " demonstrations of which none can be trained, expected at least one of up to " + maxTokens
                    + " tokens");
        }
    }

    /** Trains the decoder in place and returns the last report; {@code progress} is called every so many updates and at the end. */
    public Progress run(Decoder decoder, Consumer<Progress> progress) {
        return run(decoder, Computation.PLAIN, progress);
    }

    /** As {@link #run(Decoder, Consumer)}, with the network run in this way. */
    public Progress run(Decoder decoder, Computation computation, Consumer<Progress> progress) {
        try (Trainer trainer = new Trainer(decoder, computation)) {
            Random random = new Random(config.seed());
            List<List<Sequence>> batches = batches(random);
            int steps = planned(batches.size());
            Meter meter = new Meter(clock.millis());
            long end = config.limit().isZero()
                    ? Long.MAX_VALUE
                    : meter.since + config.limit().toMillis();
            long start = meter.since;
            Progress last = meter.report(0, steps, 0, 0, start);
            int next = 0;
            for (int step = 0; step < steps && clock.millis() < end; step++) {
                if (next == batches.size()) {
                    batches = batches(random);
                    next = 0;
                }
                double elapsed = end == Long.MAX_VALUE ? 0 : (clock.millis() - start) / (double) (end - start);
                double lr = rate(step, Math.max(step / (double) steps, elapsed));
                double norm = update(trainer, batches.get(next++), lr, meter);
                boolean over = step + 1 == steps || clock.millis() >= end;
                if (over || (step + 1) % config.reportEvery() == 0) {
                    last = meter.report(step + 1, steps, lr, norm, clock.millis());
                    progress.accept(last);
                }
            }
            return last;
        }
    }

    /** Number of demonstrations that are trained. */
    public int size() {
        return sequences.size();
    }

    private double update(Trainer trainer, List<Sequence> batch, double lr, Meter meter) {
        double[] weights = Normalisation.TOKEN.weights(batch);
        for (TokenBatch micro : new Packer(config.microBatchTokens(), pad).pack(batch, weights)) {
            meter.sums = meter.sums.plus(trainer.accumulate(micro, LossConfig.LIKELIHOOD));
        }
        meter.tokens += batch.stream().mapToLong(Sequence::usefulLength).sum();
        return trainer.update(config.optimizer(), lr);
    }

    /** Linear warm-up, then a cosine from the peak to its final share as {@code done} goes from 0 to 1. */
    private double rate(int step, double done) {
        double floor = config.finalLr();
        double cosine = floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done)));
        return config.optimizer().warmed(step) * cosine;
    }

    private int planned(int batchesPerEpoch) {
        long all = (long) config.epochs() * batchesPerEpoch;
        return (int) Math.min(config.steps() > 0 ? Math.min(all, config.steps()) : all, Integer.MAX_VALUE);
    }

    /** One pass in a new order, cut where the next sequence would exceed the batch's tokens. */
    private List<List<Sequence>> batches(Random random) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, sequences.size()).boxed().toList());
        Collections.shuffle(order, random);
        List<List<Sequence>> batches = new ArrayList<>();
        List<Sequence> batch = new ArrayList<>();
        long tokens = 0;
        for (int index : order) {
            Sequence sequence = sequences.get(index);
            if (!batch.isEmpty() && tokens + sequence.usefulLength() > config.batchTokens()) {
                batches.add(batch);
                batch = new ArrayList<>();
                tokens = 0;
            }
            batch.add(sequence);
            tokens += sequence.usefulLength();
        }
        batches.add(batch);
        return batches;
    }

    /** Sums since the last report. */
    private static final class Meter {
        private long since;
        private long tokens;
        private LossSums sums = LossSums.ZERO;

        Meter(long now) {
            since = now;
        }

        Progress report(int step, int steps, double lr, double norm, long now) {
            double seconds = Math.max(1e-3, (now - since) / 1000.0);
            Progress progress = new Progress(
                    step, steps, sums.meanNll(), tokens / seconds, (long) sums.likelihoodTokens(), lr, norm);
            since = now;
            tokens = 0;
            sums = LossSums.ZERO;
            return progress;
        }
    }
}
