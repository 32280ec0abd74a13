package dev.seine.learner;

import dev.seine.event.LearnerStep;
import dev.seine.event.ScoredTrajectory;
import dev.seine.policy.Decoder;
import dev.seine.policy.Sha256;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.store.RunStore;
import dev.seine.schemas.Demonstration;
import dev.seine.schemas.Dialect;
import dev.seine.topics.Clients;
import dev.seine.topics.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Does the logged steps of a run again, outside of it: the batch comes from the step's plan, the memory from the log, the weights from the
 * nearest state that is kept and the logged batches since. Writes nothing to the log, and to the run folder only what it fetches from the run's
 * store. On the same machine, with the
 * same number of threads as the learner had, every number comes out as it was recorded. Not safe for use by several threads.
 *
 * <p>The settings must be the run's own, the number of steps included, which the learning rate depends on.
 */
public final class StepReplay implements AutoCloseable {
    private static final String ROLE = "replay-step";

    private final LearnerConfig config;
    private final Tokenizer tokenizer;
    private final Dialect dialect;
    private final List<Demonstration> demonstrations;
    private final Clients clients;
    private final Path run;
    private final RunStore store;
    private final TextEncoder encoder;
    private final Defects defects;
    private final Trainer trainer;
    private final Optional<Decoder> reference;
    private final RecordedSteps recorded;
    private Memory memory;
    private long version;
    private boolean optimizerKnown;

    /** The parts of a step before its update. */
    private record Prepared(
            List<Group> groups, Selection selection, List<Sequence> recalled, ReplayedStep.Batch batch) {}

    /**
     * A replay that stands before the first step.
     *
     * @param decoder its weights are overwritten; it stays the caller's
     * @param demonstrations as the learner had them
     * @param run folder of the run
     * @param store of the run's copies, for what the folder has not; it stays the caller's
     */
    public StepReplay(
            LearnerConfig config,
            Clients clients,
            Decoder decoder,
            Tokenizer tokenizer,
            List<Demonstration> demonstrations,
            Dialect dialect,
            Path run,
            RunStore store) {
        this.config = config;
        this.clients = clients;
        this.tokenizer = tokenizer;
        this.demonstrations = demonstrations;
        this.dialect = dialect;
        this.run = run;
        this.store = store;
        this.encoder = new TextEncoder(tokenizer, decoder.config().maxPositions());
        this.defects = new Defects(
                tokenizer.sha256(),
                decoder.config().vocabSize(),
                decoder.config().maxPositions());
        this.recorded = new RecordedSteps(clients, config.policy(), ROLE);
        this.trainer = new Trainer(decoder, config.computation());
        this.reference = config.loss().kl() > 0 ? Optional.of(decoder.alike(beginning())) : Optional.empty();
        restart(Optional.empty());
    }

    /** Steps that the log has a plan of, in order. */
    public List<Long> steps() {
        return recorded.numbers();
    }

    /**
     * Goes to the state before a step, from the nearest state that is kept and, if {@code whole}, by doing the logged steps since again, so
     * that the optimizer is known too. Otherwise kept weights are taken where they are nearer.
     *
     * @param done told the number of each step done again on the way
     * @throws IllegalArgumentException if the log has no such step
     */
    public void before(long step, boolean whole, java.util.function.LongConsumer done) {
        recorded.plan(step); // refuses what is not there
        if (step <= version || (whole && !optimizerKnown)) {
            restart(checkpointBefore(step));
        } else {
            checkpointBefore(step).filter(c -> c.state().step() > version).ifPresent(c -> restart(Optional.of(c)));
        }
        boolean kept = !whole && version < step - 1 && intact(step - 1);
        while (version < step - 1) {
            Prepared next = prepare(config);
            if (!kept) {
                update(next, config);
                done.accept(version + 1);
            }
            version++;
        }
        if (kept) {
            trainer.load(file(step - 1));
            optimizerKnown = false;
        }
    }

    /** Does the next step as the run did it and stands behind it. */
    public ReplayedStep redo() {
        Prepared prepared = prepare(config);
        ReplayedStep result = update(prepared, config);
        version++;
        return result;
    }

    /**
     * Does the next step as the run did it, and under other settings from the same state; stands behind the step as the run did it.
     *
     * @param others what may differ: loss, advantage, staleness, optimizer, minibatches; the memory samples are those of the log
     */
    public List<ReplayedStep> redo(List<LearnerConfig> others) {
        Prepared prepared = prepare(config);
        List<ReplayedStep> results = new ArrayList<>();
        try (TrainerSnapshot before = TrainerSnapshot.take(trainer)) {
            for (LearnerConfig other : others) {
                results.add(update(select(other, prepared.groups(), prepared.recalled()), other));
                before.restore();
            }
        }
        results.add(0, update(prepared, config));
        version++;
        return results;
    }

    /**
     * ln p of each sampled token of a trajectory under the present weights, as long as its tokens and 0 where nothing was sampled. Computed on
     * its own and not within its batch, so it may differ from what the step saw in the last digits.
     */
    public float[] logprobs(ScoredTrajectory trajectory) {
        Sequence sequence = Sequence.rollout(trajectory, trajectory.getAdvantage());
        float[] all = new float[sequence.tokens().length];
        for (TokenBatch batch :
                new Packer(config.microBatchTokens(), tokenizer.pad()).pack(List.of(sequence), new double[] {1})) {
            float[] found = trainer.logprobs(batch, config.loss(), trainer.decoder());
            for (int i = 0; i < found.length; i++) {
                all[(int) batch.positions()[i] + 1] = found[i];
            }
        }
        return all;
    }

    @Override
    public void close() {
        recorded.close();
        memory.close();
        reference.ifPresent(Decoder::close);
        trainer.close();
    }

    private Prepared prepare(LearnerConfig settings) {
        LearnerStep plan = recorded.plan(version + 1);
        while (!memory.reached(plan)) {
            if (memory.read() == 0 && memory.atEnd()) {
                throw new IllegalStateException(
                        "step " + plan.getStep() + ": the log no longer keeps its memory samples");
            }
        }
        memory.take(Optional.of(plan));
        List<Sequence> recalled = settings.memory().on() ? memory.recall(plan.getMemorySamples()) : List.of();
        return select(settings, recorded.groups(plan), recalled);
    }

    private Prepared select(LearnerConfig settings, List<Group> groups, List<Sequence> recalled) {
        LearnerStep plan = recorded.plan(version + 1);
        Advantages advantages = Advantages.of(settings.advantage());
        Selection selection = Selection.of(
                groups, version, new Freshness(settings.maxStaleness()), defects, advantages.comparesGroups());
        boolean same = selection.trainedIds().equals(plan.getTrained())
                && selection.skipped().equals(plan.getSkipped())
                && recalled.stream().map(Sequence::id).toList().equals(plan.getMemorySamples());
        return new Prepared(
                groups,
                selection,
                recalled,
                new ReplayedStep.Batch(
                        plan, selection.consumed(), selection.trained(), advantages.of(selection.trained()), same));
    }

    private ReplayedStep update(Prepared prepared, LearnerConfig settings) {
        long step = version + 1;
        Update update =
                new Update(settings, trainer, reference, tokenizer.pad(), Learner.tags(settings, tokenizer, dialect));
        Update.Outcome outcome = update.apply(
                prepared.selection().sequences(Advantages.of(settings.advantage())),
                prepared.recalled(),
                Learner.rehearsal(settings, demonstrations, dialect, encoder).draw(step),
                version);
        Map<String, Double> metrics = StepMetrics.of(prepared.selection(), outcome, memory.size(), 1);
        return new ReplayedStep(
                prepared.batch(),
                metrics,
                recorded.metrics(step),
                optimizerKnown ? Optional.of(TrainerSnapshot.checksum(trainer)) : Optional.empty(),
                recorded.announced(step));
    }

    private void restart(Optional<Checkpoint> checkpoint) {
        if (memory != null) {
            memory.close();
        }
        memory = new Memory(clients, ROLE, encoder, config.memory(), config.seed());
        if (checkpoint.isPresent()) {
            CheckpointState state = checkpoint.get().state();
            trainer.load(checkpoint.get().model());
            trainer.loadOptimizer(checkpoint.get().optimizer());
            memory.restore(
                    state.offsets().getOrDefault(Topics.MEMORY_SAMPLES.name(), Map.of()),
                    checkpoint.get().memory());
            version = state.step();
        } else {
            trainer.load(beginning());
            trainer.resetOptimizer();
            version = 0;
        }
        optimizerKnown = true;
    }

    private Optional<Checkpoint> checkpointBefore(long step) {
        return new Checkpoints(run, Integer.MAX_VALUE, store).latestBefore(step);
    }

    private boolean intact(long kept) {
        return store.has(file(kept)) && recorded.announced(kept).equals(Optional.of(Sha256.of(file(kept))));
    }

    private Path beginning() {
        if (!store.has(file(0))) {
            throw new IllegalStateException("neither the run folder nor its store has " + file(0));
        }
        return file(0);
    }

    private Path file(long number) {
        return WeightsPublisher.file(run.resolve("weights"), number);
    }
}
