package dev.seine.learner;

import dev.seine.event.LearnerStep;
import dev.seine.event.OffsetRange;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.StepPhase;
import dev.seine.event.WeightsPublished;
import dev.seine.policy.Decoder;
import dev.seine.policy.Sha256;
import dev.seine.policy.Tokenizer;
import dev.seine.schemas.Demonstration;
import dev.seine.schemas.Dialect;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Does the logged steps of a run again, outside of it: the batch comes from the step's plan, the memory from the log, the weights from the
 * nearest state that is kept and the logged batches since. Writes neither to the log nor to the run folder. On the same machine, with the
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
    private final TextEncoder encoder;
    private final Defects defects;
    private final Trainer trainer;
    private final Optional<Decoder> reference;
    private final EventConsumer<ScoredTrajectory> scored;
    private final Map<Long, LearnerStep> plans = new TreeMap<>();
    private final Map<Long, LearnerStep> applied = new HashMap<>();
    private final Map<Long, String> announced = new HashMap<>();
    private Memory memory;
    private long version;
    private boolean optimizerKnown;

    /**
     * Where the replay stands, once a step can be done.
     *
     * @param plan what the step consumes, as it was logged
     * @param consumed its rollouts, in batch order
     * @param trained those trained, in batch order
     * @param advantages of the trained, normalised as the settings say
     * @param asPlanned whether the rules choose the same rollouts and memory samples again
     */
    @SuppressWarnings("ArrayRecordComponent") // as everywhere with numbers of rollouts
    public record Batch(
            LearnerStep plan,
            List<ScoredTrajectory> consumed,
            List<ScoredTrajectory> trained,
            double[] advantages,
            boolean asPlanned) {}

    /**
     * A step done again.
     *
     * @param metrics the step's metrics as they came out now
     * @param recorded as they were logged; empty if the step was never applied
     * @param weights checksum of the weights after it; empty if the optimizer's state before it is not known
     * @param announced checksum that the log announces; empty if it is no longer kept
     */
    public record Result(
            Batch batch,
            Map<String, Double> metrics,
            Map<String, Double> recorded,
            Optional<String> weights,
            Optional<String> announced) {
        /** Metrics that differ from those recorded, with the difference; what measures time is left out. */
        public Map<String, Double> differences() {
            Map<String, Double> differences = new TreeMap<>();
            recorded.forEach((name, value) -> {
                double now = metrics.getOrDefault(name, Double.NaN);
                if (!name.equals(StepMetrics.SPEED) && Double.compare(now, value) != 0) {
                    differences.put(name, now - value);
                }
            });
            return differences;
        }

        /** Whether batch, metrics and, where both are known, weights are exactly what was recorded. */
        public boolean exact() {
            boolean sameWeights = weights.isEmpty() || announced.isEmpty() || weights.equals(announced);
            return batch.asPlanned() && !recorded.isEmpty() && differences().isEmpty() && sameWeights;
        }
    }

    /** The parts of a step before its update. */
    private record Prepared(List<Group> groups, Selection selection, List<Sequence> recalled, Batch batch) {}

    /**
     * A replay that stands before the first step.
     *
     * @param decoder its weights are overwritten; it stays the caller's
     * @param demonstrations as the learner had them
     * @param run folder of the run
     */
    public StepReplay(
            LearnerConfig config,
            Clients clients,
            Decoder decoder,
            Tokenizer tokenizer,
            List<Demonstration> demonstrations,
            Dialect dialect,
            Path run) {
        this.config = config;
        this.clients = clients;
        this.tokenizer = tokenizer;
        this.demonstrations = demonstrations;
        this.dialect = dialect;
        this.run = run;
        this.encoder = new TextEncoder(tokenizer, decoder.config().maxPositions());
        this.defects = new Defects(
                tokenizer.sha256(),
                decoder.config().vocabSize(),
                decoder.config().maxPositions());
        readSteps();
        this.trainer = new Trainer(decoder, config.precision());
        this.reference =
                config.loss().kl() > 0 ? Optional.of(Decoder.load(file(0), decoder.config())) : Optional.empty();
        this.scored = clients.assign(Topics.SCORED_TRAJECTORIES, ROLE);
        restart(Optional.empty());
    }

    /** Steps that the log has a plan of, in order. */
    public List<Long> steps() {
        return List.copyOf(plans.keySet());
    }

    /**
     * Goes to the state before a step, from the nearest state that is kept and, if {@code whole}, by doing the logged steps since again, so
     * that the optimizer is known too. Otherwise kept weights are taken where they are nearer.
     *
     * @param done told the number of each step done again on the way
     * @throws IllegalArgumentException if the log has no such step
     */
    public void before(long step, boolean whole, java.util.function.LongConsumer done) {
        if (!plans.containsKey(step)) {
            throw new IllegalArgumentException("no plan of step " + step + " in the log"
                    + (plans.isEmpty() ? "" : ", which has steps " + steps().get(0) + " to " + plans.size()));
        }
        if (step <= version || (whole && !optimizerKnown)) {
            restart(checkpointBefore(step));
        } else {
            checkpointBefore(step).filter(c -> c.state().step() > version).ifPresent(c -> restart(Optional.of(c)));
        }
        boolean kept = !whole && version < step - 1 && intact(step - 1);
        while (version < step - 1) {
            Prepared next = prepare(config);
            if (!kept) {
                update(next, config, trainer);
                done.accept(version + 1);
            }
            version++;
        }
        if (kept) {
            load(file(step - 1));
            optimizerKnown = false;
        }
    }

    /** Does the next step as the run did it and stands behind it. */
    public Result redo() {
        Prepared prepared = prepare(config);
        Result result = update(prepared, config, trainer);
        version++;
        return result;
    }

    /**
     * Does the next step as the run did it, and under other settings from the same state; stands behind the step as the run did it.
     *
     * @param others what may differ: loss, advantage, staleness, optimizer, minibatches; the memory samples are those of the log
     */
    public List<Result> redo(List<LearnerConfig> others) {
        Prepared prepared = prepare(config);
        List<Result> results = new ArrayList<>();
        Path scratch = scratch();
        try {
            trainer.decoder().save(scratch.resolve(Checkpoint.MODEL));
            trainer.saveOptimizer(scratch.resolve(Checkpoint.OPTIMIZER));
            for (LearnerConfig other : others) {
                results.add(update(select(other, prepared.groups(), prepared.recalled()), other, trainer));
                load(scratch.resolve(Checkpoint.MODEL));
                trainer.loadOptimizer(scratch.resolve(Checkpoint.OPTIMIZER));
            }
        } finally {
            delete(scratch);
        }
        results.add(0, update(prepared, config, trainer));
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
        scored.close();
        memory.close();
        reference.ifPresent(Decoder::close);
        trainer.close();
    }

    private Prepared prepare(LearnerConfig settings) {
        LearnerStep plan = plans.get(version + 1);
        while (!memory.reached(plan)) {
            if (memory.read() == 0 && memory.atEnd()) {
                throw new IllegalStateException(
                        "step " + plan.getStep() + ": the log no longer keeps its memory samples");
            }
        }
        memory.take(Optional.of(plan));
        List<Sequence> recalled = settings.memory().on() ? memory.recall(plan.getMemorySamples()) : List.of();
        return select(settings, groups(plan), recalled);
    }

    private Prepared select(LearnerConfig settings, List<Group> groups, List<Sequence> recalled) {
        LearnerStep plan = plans.get(version + 1);
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
                new Batch(plan, selection.consumed(), selection.trained(), advantages.of(selection.trained()), same));
    }

    private Result update(Prepared prepared, LearnerConfig settings, Trainer with) {
        long step = version + 1;
        Update update =
                new Update(settings, with, reference, tokenizer.pad(), Learner.tags(settings, tokenizer, dialect));
        Update.Outcome outcome = update.apply(
                prepared.selection().sequences(Advantages.of(settings.advantage())),
                prepared.recalled(),
                Learner.rehearsal(settings, demonstrations, dialect, encoder).draw(step),
                version);
        Map<String, Double> metrics = StepMetrics.of(prepared.selection(), outcome, memory.size(), 1);
        Map<String, Double> recorded =
                applied.containsKey(step) ? applied.get(step).getMetrics() : Map.of();
        return new Result(
                prepared.batch(),
                metrics,
                recorded,
                optimizerKnown ? Optional.of(checksum()) : Optional.empty(),
                Optional.ofNullable(announced.get(step)));
    }

    /** The groups of a plan, with the members that it consumed. */
    private List<Group> groups(LearnerStep plan) {
        Set<String> wanted = StepLog.rollouts(plan).collect(Collectors.toSet());
        Map<String, List<Event<ScoredTrajectory>>> members = new LinkedHashMap<>();
        for (OffsetRange range : plan.getSources()) {
            if (range.getTopic().equals(Topics.SCORED_TRAJECTORIES.name())) {
                scored.range(range.getPartition(), range.getFrom(), range.getTo()).stream()
                        .filter(e -> wanted.remove(e.value().getTrajectory().getRolloutId()))
                        .forEach(e -> members.computeIfAbsent(e.key(), k -> new ArrayList<>())
                                .add(e));
            }
        }
        if (!wanted.isEmpty()) {
            throw new IllegalStateException("step " + plan.getStep() + ": the log no longer keeps " + wanted.size()
                    + " of its rollouts, such as " + wanted.iterator().next());
        }
        List<Group> groups = new ArrayList<>();
        members.forEach((id, events) -> {
            ScoredTrajectory first = events.get(0).value();
            groups.add(new Group(
                    id,
                    first.getTrajectory().getSeq(),
                    first.getGroupCount(),
                    events.get(0).partition(),
                    events));
        });
        groups.sort(Group.ORDER);
        return groups;
    }

    private void restart(Optional<Checkpoint> checkpoint) {
        if (memory != null) {
            memory.close();
        }
        memory = new Memory(clients, ROLE, encoder, config.memory(), config.seed());
        if (checkpoint.isPresent()) {
            CheckpointState state = checkpoint.get().state();
            load(checkpoint.get().model());
            trainer.loadOptimizer(checkpoint.get().optimizer());
            memory.restore(
                    state.offsets().getOrDefault(Topics.MEMORY_SAMPLES.name(), Map.of()),
                    checkpoint.get().memory());
            version = state.step();
        } else {
            load(file(0));
            trainer.resetOptimizer();
            version = 0;
        }
        optimizerKnown = true;
    }

    private Optional<Checkpoint> checkpointBefore(long step) {
        return new Checkpoints(run.resolve("checkpoints"), Integer.MAX_VALUE).latestBefore(step);
    }

    private void load(Path file) {
        try (Decoder kept = Decoder.load(file, trainer.decoder().config())) {
            trainer.decoder().copyFrom(kept);
        }
    }

    private boolean intact(long kept) {
        return Files.exists(file(kept)) && Sha256.of(file(kept)).equals(announced.get(kept));
    }

    private Path file(long number) {
        return WeightsPublisher.file(run.resolve("weights"), number);
    }

    private String checksum() {
        Path scratch = scratch();
        try {
            trainer.decoder().save(scratch.resolve(Checkpoint.MODEL));
            return Sha256.of(scratch.resolve(Checkpoint.MODEL));
        } finally {
            delete(scratch);
        }
    }

    private void readSteps() {
        try (EventConsumer<LearnerStep> consumer = clients.assign(Topics.LEARNER_STEPS, ROLE)) {
            consumer.readToEnd().stream()
                    .map(Event::value)
                    .filter(s -> s.getPolicy().equals(config.policy())
                            && s.getStage().equals(Learner.STAGE))
                    .forEach(s -> (s.getPhase() == StepPhase.PLANNED ? plans : applied).put(s.getStep(), s));
        }
        try (EventConsumer<WeightsPublished> consumer = clients.assign(Topics.WEIGHTS, ROLE)) {
            consumer.readToEnd().stream()
                    .map(Event::value)
                    .filter(w -> w.getPolicy().equals(config.policy()))
                    .forEach(w -> announced.put(w.getVersion(), w.getSha256()));
        }
    }

    private static Path scratch() {
        try {
            return Files.createTempDirectory("seine-replay");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder", e);
        }
    }

    private static void delete(Path folder) {
        try (var all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }
}
