package dev.seine.producers.generator;

import dev.seine.event.Question;
import dev.seine.event.Rejection;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalResponse;
import dev.seine.event.RolloutState;
import dev.seine.event.Trajectory;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.Tokenizer;
import dev.seine.producers.generator.Rollout.AwaitingPassages;
import dev.seine.producers.generator.Rollout.Finished;
import dev.seine.schemas.LiveQuestions;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.FencedProducer;
import dev.seine.topics.Role;
import dev.seine.topics.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes the rollouts of the questions in its partitions, turn by turn into the log. Every question ends as {@code
 * groupSize} trajectories or as a rejection. Searches, trajectories and the offsets of finished questions are committed
 * together, and only by who owns the partition: a rollout that its generator leaves behind, killed or cut off, is continued
 * by the next owner from its last committed turn, and no committed turn is ever sampled again ({@link Takeover}).
 * Responses to searches come back in the partition of the question.
 *
 * <p>If a commit is refused or a step fails, nothing since the last commit has happened: it goes back to what the log says.
 */
public final class RolloutGenerator implements Role {
    /** What is written can be read after at most this: part of the wait for passages, paid for fewer transactions. */
    private static final long COMMIT_EVERY_MS = 50;
    /** A generator that is gone holds up readers of its partitions for no longer than this. */
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

    private final String name;
    private final SequenceEngine engine;
    private final WeightsFollower weights;
    private final GeneratorConfig config;
    private final Clock clock;
    private final Clients clients;
    private final Planner planner;
    private final Transitions transitions;
    private final TrajectoryWriter writer;
    private final GeneratorMeters meters;
    private final Ownership ownership;
    private final EventConsumer<Question> questions;
    private final FencedProducer producer;
    private final Ledger ledger;
    private final RolloutPool pool;
    private final Takeovers takeovers;
    private final Map<String, Origin> groups = new HashMap<>();
    private long committedAt;
    private long read;
    private long rejected;
    private long searches;
    private long continued;
    private long trajectories;
    private volatile GeneratorCounts counts = GeneratorCounts.NONE;

    /**
     * A member of the policy's group of generators.
     *
     * @param name name of this member, which no other has
     * @param engine with no sequence in it; closed with the generator, as are the weights' follower; not the tokenizer
     * @param seed of the run
     */
    public RolloutGenerator(
            Clients clients,
            String name,
            SequenceEngine engine,
            Tokenizer tokenizer,
            WeightsFollower weights,
            GeneratorConfig config,
            long seed,
            Clock clock) {
        this.name = name;
        this.engine = engine;
        this.weights = weights;
        this.config = config;
        this.clock = clock;
        this.clients = clients;
        this.planner = new Planner(config, tokenizer, seed);
        this.transitions = new Transitions(config, tokenizer);
        this.writer = new TrajectoryWriter(weights.policy(), config, tokenizer);
        this.meters = new GeneratorMeters(clients.telemetry(), this::counts);
        this.ownership = new Ownership(
                clients, "generators-" + weights.policy(), name, COMMIT_TIMEOUT, config.maxFailures(), new Rollouts());
        this.questions = ownership.questions();
        this.producer = ownership.producer();
        this.ledger = ownership.ledger();
        this.takeovers = new Takeovers(partition -> new Takeover(clients, name, weights.policy(), partition));
        this.pool = new RolloutPool(
                engine, transitions, config.maxFailures(), ownership.beginnings(), clock, this::ask, this::finish);
    }

    @Override
    public String name() {
        return name;
    }

    /** Takes weights, questions and passages, extends every running rollout by one token, commits what is done. */
    @Override
    public int step() {
        try {
            ownership.restore();
            int work = work();
            counts = new GeneratorCounts(
                    weights.version(),
                    pool.queued(),
                    pool.active(),
                    pool.waiting(),
                    read,
                    rejected,
                    searches,
                    continued,
                    trajectories,
                    engine.generatedTokens());
            return work;
        } catch (RuntimeException | Error e) {
            ownership.distrust();
            throw e;
        }
    }

    /** Whether it has weights to write with. */
    @Override
    public boolean ready() {
        return counts.version() >= 0;
    }

    /** What it is doing, as of its last step; may be read by any thread. */
    public GeneratorCounts counts() {
        return counts;
    }

    @Override
    public void close() {
        try (engine;
                weights;
                ownership;
                takeovers) {
            // the last commit goes with the partitions
        }
    }

    private int work() {
        int work = weights.follow(engine) ? 1 : 0;
        throttle();
        for (Event<Question> event : questions.poll(Duration.ZERO)) {
            accept(event);
            work++;
        }
        if (ownership.stale()) {
            return work;
        }
        List<Event<Question>> known = takeovers.advance(questions, ownership.responses());
        known.forEach(this::accept);
        work += known.size();
        if (!ownership.partitions().isEmpty()) {
            for (Event<RetrievalResponse> event : ownership.responses().poll(Duration.ZERO)) {
                deliver(event);
                work++;
            }
        }
        if (weights.version() >= 0) {
            work += pool.start(commitDue());
            if (ownership.beginnings().unwritten()) {
                commit();
            }
            if (ownership.stale()) {
                return work;
            }
            work += pool.advance();
        }
        boolean waiting = producer.pending() && engine.running() == 0;
        if (waiting || commitDue()) {
            commit();
        }
        return work;
    }

    private boolean commitDue() {
        return clock.millis() - committedAt >= COMMIT_EVERY_MS;
    }

    /** Reads no more questions while enough rollouts wait, or there are no weights to write them with, or the past is being read. */
    private void throttle() {
        boolean enough = weights.version() < 0 || pool.queued() >= config.maxQueued();
        Set<Integer> paused = enough ? ownership.partitions() : takeovers.held().keySet();
        Set<Integer> read = new TreeSet<>(ownership.partitions());
        read.removeAll(paused);
        questions.pause(paused);
        questions.resume(read);
    }

    private void accept(Event<Question> event) {
        if (LiveQuestions.includes(event.value())) {
            return; // an answer generator takes it
        }
        Optional<Takeover> takeover = takeovers.of(event.partition());
        if (takeover.isPresent() && !takeover.get().ready()) {
            takeover.get().hold(event);
            return;
        }
        read++;
        try {
            List<Plan> plans =
                    planner.plan(event.value(), new Origin(event.partition(), event.offset(), event.trace()));
            Plan first = plans.get(0);
            if (groups.putIfAbsent(first.groupId(), first.origin()) != null) {
                throw new IllegalArgumentException(first.groupId() + ": this group is being written already");
            }
            ledger.open(first.origin(), plans.size());
            pool.add(takeover.isEmpty() ? plans : notBegun(plans, takeover.get()));
        } catch (IllegalArgumentException e) {
            event.trace().within(() -> reject(event, String.valueOf(e.getMessage())));
        }
    }

    /** Those that no earlier owner began; the others are finished, or continued from where they stand. */
    private List<Plan> notBegun(List<Plan> plans, Takeover takeover) {
        List<Plan> fresh = new ArrayList<>();
        for (Plan plan : plans) {
            var asked = takeover.asked(plan.rolloutId());
            if (takeover.finished(plan.rolloutId())) {
                written(plan);
                continue;
            }
            ownership.beginnings().takenOver(plan);
            if (asked.isPresent()) {
                goOn(plan, asked.get(), takeover);
            } else {
                fresh.add(plan);
            }
        }
        return fresh;
    }

    private void goOn(Plan plan, RetrievalRequest request, Takeover takeover) {
        continued++;
        var answer = takeover.answer(request);
        AwaitingPassages waiting = transitions.takenOver(plan, request, answer.isPresent(), clock.millis());
        pool.takeOver(waiting);
        answer.ifPresent(found -> pool.found(plan.rolloutId(), found));
        if (answer.isEmpty() && waiting.search().deadline() != request.getDeadlineMs()) {
            ask(waiting);
        }
    }

    private void deliver(Event<RetrievalResponse> event) {
        Found found = Found.of(event.value());
        event.trace().within(() -> {
            if (!pool.found(event.value().getRolloutId(), found)) {
                takeovers.of(event.partition()).ifPresent(takeover -> takeover.note(found));
            }
        });
    }

    private void reject(Event<Question> event, String cause) {
        rejected++;
        byte[] value = clients.serde(Topics.QUESTIONS).serializer().serialize(Topics.QUESTIONS.name(), event.value());
        producer.reject(Rejection.newBuilder()
                .setTopic(Topics.QUESTIONS.name())
                .setPartition(event.partition())
                .setOffset(event.offset())
                .setRole(name)
                .setCause(cause)
                .setKey(ByteBuffer.wrap(event.key().getBytes(StandardCharsets.UTF_8)))
                .setValue(ByteBuffer.wrap(value))
                .setAtMs(clock.millis())
                .build());
    }

    private void ask(AwaitingPassages waiting) {
        searches++;
        Tokens soFar = Tokens.of(waiting.transcript());
        RolloutState state = RolloutState.newBuilder()
                .setPolicy(weights.policy())
                .setTokens(soFar.tokens())
                .setLogprobs(soFar.logprobs())
                .setSegments(soFar.segments())
                .setMinVersion(soFar.minVersion())
                .setStartedAtMs(waiting.startedAt())
                .build();
        ownership.ask(
                waiting.plan(), waiting.request(config.topK()).setSoFar(state).build());
    }

    private void finish(Finished rollout) {
        trajectories++;
        Trajectory trajectory = writer.write(rollout);
        Plan plan = rollout.plan();
        // By question, so that all epochs of one meet where its memory is kept.
        int partition = producer.partition(Topics.TRAJECTORIES, plan.question().getId());
        plan.origin().trace().within(() -> producer.send(Topics.TRAJECTORIES, partition, plan.groupId(), trajectory));
        meters.finished(rollout);
        written(plan);
    }

    private void written(Plan plan) {
        if (ledger.written(plan.origin())) {
            groups.remove(plan.groupId());
        }
    }

    private void commit() {
        committedAt = clock.millis();
        ownership.commit();
    }

    private final class Rollouts implements Ownership.Owner {
        @Override
        public void takeUp(Set<Integer> partitions) {
            takeovers.expect(partitions);
        }

        @Override
        public void forget(Set<Integer> partitions) {
            pool.drop(plan -> partitions.contains(plan.origin().partition()));
            groups.values().removeIf(origin -> partitions.contains(origin.partition()));
            takeovers.forget(partitions);
        }

        @Override
        public Map<Integer, Long> held() {
            return takeovers.held();
        }
    }
}
