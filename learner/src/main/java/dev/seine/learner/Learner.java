package dev.seine.learner;

import dev.seine.event.LearnerStep;
import dev.seine.event.OffsetRange;
import dev.seine.event.ScoredTrajectory;
import dev.seine.policy.Decoder;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.store.RunStore;
import dev.seine.policy.store.StoreUnavailable;
import dev.seine.schemas.Demonstration;
import dev.seine.schemas.Dialect;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.FencedProducer;
import dev.seine.topics.Role;
import dev.seine.topics.Topics;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns scored trajectories into versions of the weights.
 *
 * <p>Order of a step: its batch is fixed and logged as PLANNED; the weights are updated; they are saved and announced; the step is logged as
 * APPLIED; every so often a checkpoint holds weights, optimizer, memory, books and offsets together. A learner that was killed anywhere in
 * between goes on from its newest whole checkpoint and does the logged steps again with the logged batches, so that it arrives at the same
 * weights (on the same machine with the same number of threads), and no rollout is trained twice in their lineage.
 *
 * <p>Of the learners of one policy only the one started last can write: an older one is refused by the brokers at its next
 * step and stops, before it has saved anything that the newer one does not arrive at as well.
 *
 * <p>Nothing here knows what a reward means; staleness is enforced by {@link Freshness}, masks by {@link TokenBatch}.
 */
public final class Learner implements Role {
    /** Stage of its steps in the log. */
    public static final String STAGE = "rl";

    private static final Logger LOG = LoggerFactory.getLogger(Learner.class);
    private static final String NAME = "learner";
    private static final Duration POLL = Duration.ofMillis(10);
    /** Longer than brokers are away for as a rule: a learner must not lose its place for that. */
    private static final Duration COMMIT_TIMEOUT = Duration.ofMinutes(3);

    private final LearnerConfig config;
    private final InstantSource clock;
    private final FencedProducer producer;
    private final EventConsumer<ScoredTrajectory> scored;
    private final Memory memory;
    private final Rehearsal rehearsal;
    private final Trainer trainer;
    private final Optional<Decoder> reference;
    private final Update update;
    private final Defects defects;
    private final Accounting accounting;
    private final Groups groups;
    private final RunStore store;
    private final Checkpoints checkpoints;
    private final WeightsPublisher publisher;
    private final StepEvents events;
    private final Lag lag;
    private final StepLog log;
    private final LearnerMeters meters;
    private volatile long version;
    private volatile Optional<Checkpoint> uncopied = Optional.empty();
    private Optional<Trained> trained = Optional.empty();
    private long checkpointed;
    private long progressMs;
    private boolean consistent = true;

    /** A step whose weights are saved, but neither in the store nor announced; none are saved if all know them already. */
    private record Trained(
            LearnerStep plan,
            Selection selection,
            Update.Outcome outcome,
            Map<String, Double> metrics,
            Optional<WeightsPublisher.Saved> saved,
            boolean announced,
            long started) {}

    /**
     * Takes up the newest checkpoint under {@code run} or in the store, or starts with the decoder's present weights, which become version 0.
     *
     * @param decoder trained in place; it stays the caller's and must not be used elsewhere meanwhile
     * @param demonstrations for rehearsal; may be empty if that is off
     * @param dialect markup of the demonstrations
     * @param run folder of the run; weights and checkpoints lie in it
     * @param store where both are copied to; waited for while it is away, and closed with the learner
     * @throws IllegalStateException if the checkpoint belongs to another policy, architecture or tokenizer
     */
    public Learner(
            LearnerConfig config,
            Clients clients,
            Decoder decoder,
            Tokenizer tokenizer,
            List<Demonstration> demonstrations,
            Dialect dialect,
            Path run,
            RunStore store,
            InstantSource clock) {
        this.config = config;
        this.clock = clock;
        this.store = store;
        int maxTokens = decoder.config().maxPositions();
        TextEncoder encoder = new TextEncoder(tokenizer, maxTokens);
        this.rehearsal = rehearsal(config, demonstrations, dialect, encoder);
        this.defects = new Defects(tokenizer.sha256(), decoder.config().vocabSize(), maxTokens);
        this.checkpoints = new Checkpoints(run, config.checkpoint().keep(), store);
        this.producer = clients.fenced(NAME + "-" + config.policy(), NAME, COMMIT_TIMEOUT);
        this.events = new StepEvents(config.policy(), producer, clock);
        this.publisher = new WeightsPublisher(
                config.policy(),
                run.resolve("weights"),
                store,
                producer,
                tokenizer.sha256(),
                config.checkpoint().keepWeights(),
                clock);
        this.trainer = new Trainer(decoder, config.computation());
        this.scored = clients.assign(Topics.SCORED_TRAJECTORIES, NAME);
        this.memory = new Memory(clients, NAME, encoder, config.memory(), config.seed());
        this.meters = new LearnerMeters(clients.telemetry(), this::version);
        this.lag = new Lag(clients, NAME + "-" + config.policy());
        Optional<Checkpoint> checkpoint = StoreUnavailable.waitedOut(checkpoints::latest);
        this.accounting = checkpoint
                .map(c -> Accounting.of(
                        c.state().trained(), c.state().skipped(), c.state().duplicates()))
                .orElseGet(Accounting::new);
        this.meters.books(accounting::books);
        this.groups = new Groups(config.policy(), config.questionsPerStep(), accounting);
        try {
            if (checkpoint.isPresent()) {
                restore(checkpoint.get());
            } else {
                begin();
            }
            this.log = StepLog.read(clients, NAME, config.policy(), version);
            this.reference = config.loss().kl() > 0 ? Optional.of(decoder.alike(publisher.file(0))) : Optional.empty();
        } catch (RuntimeException e) {
            release();
            throw e;
        }
        this.update = new Update(config, trainer, reference, tokenizer.pad(), tags(config, tokenizer, dialect));
        LOG.info("learner {} at version {}, {} logged steps to do again", config.policy(), version, log.size());
        this.progressMs = clock.millis();
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * Reads what is there and does at most one learner step. A store that is away holds a step up before its weights are announced: the
     * next call goes on there.
     *
     * @return records read and steps done; 0 also when all steps are done
     * @throws StoreUnavailable if the store is away
     */
    @Override
    public int step() {
        if (done()) {
            return 0;
        }
        if (trained.isPresent()) {
            return finish(trained.get());
        }
        if (uncopied.isPresent()) {
            copy(uncopied.get());
            return read();
        }
        if (!consistent) {
            throw new IllegalStateException("step " + (version + 1)
                    + " was left in the middle: start the learner again, from its last checkpoint");
        }
        int read = read();
        Optional<LearnerStep> logged = log.plan(version + 1);
        Optional<List<Group>> batch = logged.isPresent()
                ? Optional.of(logged.get())
                        .filter(memory::reached)
                        .flatMap(plan -> groups.holding(StepLog.rollouts(plan).collect(Collectors.toSet())))
                : groups.next(version, impatient());
        if (batch.isEmpty()) {
            warnIfStuck(logged);
            return read;
        }
        train(batch.get(), logged);
        return read + 1;
    }

    /** Version of the weights: learner steps done. May be called from any thread. */
    public long version() {
        return version;
    }

    /** Whether all steps are done and the last checkpoint is where it belongs. May be called from any thread. */
    public boolean done() {
        return version >= config.totalSteps() && uncopied.isEmpty();
    }

    /** The books over rollouts. May be called from any thread. */
    public Accounting.Books books() {
        return accounting.books();
    }

    /** Writes a checkpoint if steps were done since the last, and closes everything but the decoder. */
    @Override
    public void close() {
        try {
            if (consistent && version > checkpointed) {
                checkpoint(version);
            }
            uncopied.ifPresent(this::copyIfPossible);
        } finally {
            reference.ifPresent(Decoder::close);
            release();
        }
    }

    private void release() {
        scored.close();
        memory.close();
        trainer.close();
        producer.close();
        store.close();
    }

    private void begin() {
        WeightsPublisher.Saved cold =
                publisher.save(trainer.decoder(), 0, false).orElseThrow();
        URI where = StoreUnavailable.waitedOut(() -> publisher.put(cold));
        publisher.announce(cold, where, "cold-start");
        producer.commit();
        checkpoint(0);
    }

    private int read() {
        List<Event<ScoredTrajectory>> read = scored.poll(POLL);
        boolean news = false;
        for (Event<ScoredTrajectory> event : read) {
            news |= groups.add(event);
        }
        if (news) {
            progressMs = clock.millis();
        }
        return read.size() + memory.read();
    }

    private void train(List<Group> batch, Optional<LearnerStep> logged) {
        consistent = false;
        long started = clock.millis();
        long step = version + 1;
        List<OffsetRange> memoryRead = memory.take(logged);
        Advantages advantages = Advantages.of(config.advantage());
        Selection selection = Selection.of(
                batch, version, new Freshness(config.maxStaleness()), defects, advantages.comparesGroups());
        List<Sequence> recalled = config.memory().on() ? memory.draw(step) : List.of();
        LearnerStep plan = events.plan(step, batch, selection, memoryRead, recalled);
        boolean again = logged.isPresent() && StepEvents.same(logged.get(), plan);
        if (!again) {
            logged.ifPresent(p -> LOG.warn("step {} comes out unlike its plan: have settings changed?", step));
            events.write(plan);
            producer.commit();
        }
        Update.Outcome outcome = update.apply(selection.sequences(advantages), recalled, rehearsal.draw(step), version);
        memory.found(outcome.uncertain());
        long updated = clock.millis();
        groups.consume(batch);
        accounting.consumed(selection.trained().size(), selection.skipped());
        boolean announced = again && log.applied(step);
        trained = Optional.of(new Trained(
                plan,
                selection,
                outcome,
                StepMetrics.of(selection, outcome, memory.size(), updated - started),
                publisher.save(trainer.decoder(), step, announced),
                announced,
                started));
        finish(trained.get());
    }

    /** The rest of a step. Nothing of it has happened if the store is away. */
    private int finish(Trained done) {
        long step = version + 1;
        Optional<URI> where = done.saved().map(publisher::put);
        trained = Optional.empty();
        where.ifPresent(uri ->
                publisher.announce(done.saved().orElseThrow(), uri, step == config.totalSteps() ? "final" : STAGE));
        if (!done.announced()) {
            events.write(events.applied(done.plan(), done.metrics(), clock.millis() - done.started()));
        }
        producer.commit();
        log.forget(step);
        progressMs = clock.millis();
        meters.stepped(done.metrics(), done.selection().consumed(), done.started(), progressMs);
        if (step >= config.totalSteps() || step % config.checkpoint().every() == 0) {
            checkpoint(step);
        }
        version = step; // not before, so that nobody takes the last step for done while its checkpoint is to come
        consistent = true;
        report(done.selection(), done.outcome(), progressMs - done.started());
        prune();
        lag.report(groups.offsets());
        return 1;
    }

    private void prune() {
        try {
            publisher.prune(checkpoints.steps());
        } catch (StoreUnavailable e) {
            LOG.warn("old weights are removed after the next step: {}", e.getMessage());
        }
    }

    private void copy(Checkpoint checkpoint) {
        checkpoints.copy(checkpoint);
        uncopied = Optional.empty();
    }

    private void copyIfPossible(Checkpoint checkpoint) {
        try {
            copy(checkpoint);
        } catch (StoreUnavailable e) {
            LOG.warn("checkpoint {} is on this machine only: {}", checkpoint.folder(), e.getMessage());
        }
    }

    private void checkpoint(long step) {
        Accounting.Books books = accounting.books();
        uncopied = Optional.of(checkpoints.save(
                new CheckpointState(
                        config.policy(),
                        step,
                        config.seed(),
                        trainer.decoder().config().sha256(),
                        defects.tokenizerSha256(),
                        config.toString(),
                        Map.of(
                                Topics.SCORED_TRAJECTORIES.name(), groups.offsets(),
                                Topics.MEMORY_SAMPLES.name(), memory.offsets()),
                        groups.consumed(),
                        books.trained(),
                        books.skipped(),
                        books.duplicates(),
                        Map.of(),
                        clock.millis()),
                trainer,
                memory.content()));
        checkpointed = step;
    }

    private void restore(Checkpoint checkpoint) {
        CheckpointState state = checkpoint.state();
        Decoder decoder = trainer.decoder();
        expect(checkpoint, "policy", state.policy(), config.policy());
        expect(checkpoint, "architecture", state.modelSha256(), decoder.config().sha256());
        expect(checkpoint, "tokenizer", state.tokenizerSha256(), defects.tokenizerSha256());
        if (!state.config().equals(config.toString())) {
            LOG.warn("checkpoint {} was made with {}, going on with {}", checkpoint.folder(), state.config(), config);
        }
        trainer.load(checkpoint.model());
        trainer.loadOptimizer(checkpoint.optimizer());
        version = state.step();
        checkpointed = version;
        uncopied = StoreUnavailable.waitedOut(() -> Optional.of(checkpoint).filter(c -> !checkpoints.copied(c)));
        for (long needed : new long[] {0, version}) {
            StoreUnavailable.waitedOut(() -> publisher.restore(needed));
        }
        Map<Integer, Long> offsets = state.offsets().getOrDefault(Topics.SCORED_TRAJECTORIES.name(), Map.of());
        groups.restore(offsets, state.consumed());
        offsets.forEach(scored::seek);
        memory.restore(state.offsets().getOrDefault(Topics.MEMORY_SAMPLES.name(), Map.of()), checkpoint.memory());
    }

    private static void expect(Checkpoint checkpoint, String what, String got, String expected) {
        if (!got.equals(expected)) {
            throw new IllegalStateException(
                    "checkpoint " + checkpoint.folder() + ": " + what + " is " + got + ", expected " + expected);
        }
    }

    private boolean impatient() {
        return clock.millis() - progressMs > config.groupPatience().toMillis();
    }

    private void warnIfStuck(Optional<LearnerStep> logged) {
        if (impatient() && logged.isPresent()) {
            LOG.warn("step {} is to be done again, but not all its records have come", version + 1);
            progressMs = clock.millis();
        }
    }

    private void report(Selection selection, Update.Outcome outcome, long tookMs) {
        LOG.info(
                "step {}: {} rollouts trained, skipped {}, loss {}, gradient norm {}, {} tokens in {} ms",
                version,
                selection.trained().size(),
                selection.skippedCounts(),
                String.format("%.4f", outcome.policy().loss()),
                String.format("%.3f", outcome.gradNorm()),
                outcome.tokens(),
                tookMs);
    }

    /** Ids of the markup's tags; empty where it has no recalls or nothing asks for them. */
    static Optional<Confidence.Tags> tags(LearnerConfig config, Tokenizer tokenizer, Dialect dialect) {
        return dialect.internalOpen().isEmpty() || config.memory().choiceAbove() <= 0
                ? Optional.empty()
                : Optional.of(new Confidence.Tags(
                        tokenizer.id(dialect.internalOpen()),
                        tokenizer.id(dialect.internalClose()),
                        tokenizer.id(dialect.queryOpen())));
    }

    /** What is rehearsed; refuses settings that want demonstrations where there are none. */
    static Rehearsal rehearsal(
            LearnerConfig config, List<Demonstration> demonstrations, Dialect dialect, TextEncoder encoder) {
        List<Sequence> sequences = config.rehearsal().on()
                ? demonstrations.stream()
                        .flatMap(d -> encoder.encode(d.id(), dialect, d.prompt(), d.response()).stream())
                        .toList()
                : List.of();
        Require.that(
                !config.rehearsal().on() || !sequences.isEmpty(),
                "rehearsal.batch",
                "0 where there are no demonstrations",
                config.rehearsal().batch());
        return new Rehearsal(sequences, config.rehearsal(), config.seed());
    }
}
