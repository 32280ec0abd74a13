package dev.seine.producers.generator;

import dev.seine.event.Question;
import dev.seine.event.Rejection;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalResponse;
import dev.seine.event.Trajectory;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.Tokenizer;
import dev.seine.producers.generator.Rollout.AwaitingPassages;
import dev.seine.producers.generator.Rollout.Finished;
import dev.seine.topics.Assignments;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Role;
import dev.seine.topics.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes the rollouts of the questions in its partitions. Every question ends as {@code groupSize} trajectories or as a
 * rejection, and its offset is committed only after these are written: a crash repeats rollouts, under the same ids, and
 * loses none. Responses to its searches come back in the same partition, which it reads from the moment it owns it.
 */
public final class RolloutGenerator implements Role {
    private static final long COMMIT_EVERY_MS = 100;

    private final String name;
    private final SequenceEngine engine;
    private final WeightsFollower weights;
    private final GeneratorConfig config;
    private final Clock clock;
    private final Clients clients;
    private final Planner planner;
    private final TrajectoryWriter writer;
    private final RolloutPool pool;
    private final Ledger ledger = new Ledger();
    private final EventConsumer<Question> questions;
    private final EventConsumer<RetrievalResponse> responses;
    private final EventProducer producer;
    private final Set<Integer> owned = new TreeSet<>();
    private final Map<String, Origin> groups = new HashMap<>();
    private boolean paused;
    private long committedAt;
    private long read;
    private long rejected;
    private long searches;
    private long trajectories;
    private volatile GeneratorCounts counts = GeneratorCounts.NONE;

    /**
     * A member of the policy's group of generators.
     *
     * @param name name of this member
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
        this.writer = new TrajectoryWriter(weights.policy(), config, tokenizer);
        this.pool = new RolloutPool(engine, new Transitions(config, tokenizer), clock, this::ask, this::finish);
        this.producer = clients.producer(name);
        this.responses = clients.assign(Topics.RETRIEVAL_RESPONSES, name);
        this.responses.assignTo(Set.of());
        this.questions = clients.subscribe(Topics.QUESTIONS, "generators-" + weights.policy(), name, new Partitions());
    }

    @Override
    public String name() {
        return name;
    }

    /** Takes weights, questions and passages, extends every running rollout by one token, commits what is done. */
    @Override
    public int step() {
        int work = weights.follow(engine) ? 1 : 0;
        throttle();
        for (Event<Question> event : questions.poll(Duration.ZERO)) {
            accept(event);
            work++;
        }
        if (!owned.isEmpty()) {
            for (Event<RetrievalResponse> event : responses.poll(Duration.ZERO)) {
                pool.found(event.value().getRolloutId(), Found.of(event.value()));
                work++;
            }
        }
        if (weights.version() >= 0) {
            work += pool.tick();
        }
        if (clock.millis() - committedAt >= COMMIT_EVERY_MS) {
            commit();
        }
        counts = new GeneratorCounts(
                weights.version(),
                pool.queued(),
                pool.active(),
                pool.waiting(),
                read,
                rejected,
                searches,
                trajectories,
                engine.generatedTokens());
        return work;
    }

    /** What it is doing, as of its last step; may be read by any thread. */
    public GeneratorCounts counts() {
        return counts;
    }

    @Override
    public void close() {
        try (engine;
                weights;
                responses;
                producer;
                questions) {
            producer.flush();
            commit();
        }
    }

    /** Reads no more questions while enough rollouts wait or there are no weights to write them with. */
    private void throttle() {
        boolean enough = weights.version() < 0 || pool.queued() >= config.maxQueued();
        if (enough != paused) {
            paused = enough;
            if (paused) {
                questions.pause(owned);
            } else {
                questions.resume(owned);
            }
        }
    }

    private void accept(Event<Question> event) {
        read++;
        try {
            List<Plan> plans = planner.plan(event.value(), new Origin(event.partition(), event.offset()));
            Plan first = plans.get(0);
            if (groups.putIfAbsent(first.groupId(), first.origin()) != null) {
                throw new IllegalArgumentException(first.groupId() + ": this group is being written already");
            }
            ledger.open(first.origin(), plans.size());
            pool.add(plans);
        } catch (IllegalArgumentException e) {
            reject(event, e.getMessage());
        }
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
        producer.flush();
    }

    private void ask(AwaitingPassages waiting) {
        searches++;
        Plan plan = waiting.plan();
        RetrievalRequest request = RetrievalRequest.newBuilder()
                .setRequestId(waiting.search().requestId())
                .setQuestionId(plan.question().getId())
                .setRolloutId(plan.rolloutId())
                .setTurn(waiting.search().turn())
                .setQuery(waiting.search().query())
                .setTopK(config.topK())
                .setDeadlineMs(waiting.search().deadline())
                .setAtMs(waiting.since())
                .build();
        producer.send(
                Topics.RETRIEVAL_REQUESTS,
                plan.origin().partition(),
                plan.question().getId(),
                request);
    }

    private void finish(Finished rollout) {
        trajectories++;
        Trajectory trajectory = writer.write(rollout);
        Plan plan = rollout.plan();
        // By question, so that all epochs of one meet where its memory is kept.
        int partition = producer.partition(Topics.TRAJECTORIES, plan.question().getId());
        boolean last =
                ledger.sent(plan.origin(), producer.send(Topics.TRAJECTORIES, partition, plan.groupId(), trajectory));
        if (last) {
            groups.remove(plan.groupId());
        }
    }

    private void commit() {
        committedAt = clock.millis();
        Map<Integer, Long> offsets = ledger.committable(questions.positions());
        if (!offsets.isEmpty()) {
            questions.commit(offsets);
        }
    }

    /** Called within the poll of the questions. */
    private final class Partitions implements Assignments {
        /** What is finished is committed; the rest is the next owner's, who starts it anew. */
        @Override
        public void revoked(Set<Integer> partitions) {
            producer.flush();
            commit();
            owned.removeAll(partitions);
            pool.drop(plan -> partitions.contains(plan.origin().partition()));
            groups.values().removeIf(origin -> partitions.contains(origin.partition()));
            ledger.drop(partitions);
            responses.assignTo(owned);
        }

        /** Responses to earlier owners are none of ours: reading starts at the end. */
        @Override
        public void assigned(Set<Integer> partitions) {
            owned.addAll(partitions);
            responses.assignTo(owned);
            Map<Integer, Long> end = responses.endOffsets();
            partitions.forEach(partition -> responses.seek(partition, end.get(partition)));
            if (paused) {
                questions.pause(partitions);
            }
        }
    }
}
