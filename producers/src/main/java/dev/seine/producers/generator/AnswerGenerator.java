package dev.seine.producers.generator;

import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.event.Question;
import dev.seine.event.RetrievalResponse;
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
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Answers the live questions in its partitions, and tells each answer as events while it is written. It shares topics with
 * training and nothing else: a consumer group, engines and slots of its own, so a live question never waits behind a rollout. Live answers
 * are no trajectories: nothing of them is trained on.
 *
 * <p>Every live question ends in one FINISHED or FAILED. Events and the offsets of ended questions are committed together, and only by who owns the
 * partition. An answer that its generator leaves behind is continued by the next owner after its last event, with the weights it began
 * with ({@link LiveAnswer}, {@link Editions}); if those cannot be had any more it fails.
 */
public final class AnswerGenerator implements Role {
    /** Text waits this long for more of it to go along; all else that happens is told at once. */
    private static final long TELL_EVERY_MS = 20;
    /** A generator that is gone holds up readers of its partitions for no longer than this. */
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(3);
    /** With nothing to tell, the place in the questions is committed this often. */
    private static final long PLACE_EVERY_MS = 1_000;
    /** The wait for questions, or passages, when there is nothing else to do. */
    private static final Duration IDLE = Duration.ofMillis(5);

    private static final Set<AnswerEventKind> MAY_WAIT = EnumSet.of(AnswerEventKind.INTERNAL, AnswerEventKind.TEXT);

    private final String name;
    private final String policy;
    private final GeneratorConfig config;
    private final Tokenizer tokenizer;
    private final Clock clock;
    private final Clients clients;
    private final Planner planner;
    private final LiveAnswers answers;
    private final AnswerMeters meters;
    private final Ownership ownership;
    private final EventConsumer<Question> questions;
    private final FencedProducer producer;
    private final Ledger ledger;
    /** Offset up to which a question may have been begun by an earlier owner, by partition. */
    private final Map<Integer, Long> pastEnds = new TreeMap<>();

    private final Map<Integer, PastAnswers> past = new TreeMap<>();
    private boolean urgent;
    private long committedAt;
    private long refused;
    private long continued;
    private volatile AnswerCounts counts = AnswerCounts.NONE;

    /**
     * A member of the policy's group of answer generators.
     *
     * @param name name of this member, which no other has
     * @param engines with no sequence in them, one more than weights that are served at once; closed with the generator, as is {@code
     *     served}; not the tokenizer
     * @param seed of the run
     */
    public AnswerGenerator(
            Clients clients,
            String name,
            List<? extends SequenceEngine> engines,
            Tokenizer tokenizer,
            ServedWeights served,
            WeightsLoader loader,
            GeneratorConfig config,
            long seed,
            Clock clock) {
        if (engines.size() < 2) {
            throw new IllegalArgumentException(name
                    + ": needs at least 2 engines, so that weights can change under answers, got " + engines.size());
        }
        this.name = name;
        this.policy = served.policy();
        this.config = config;
        this.tokenizer = tokenizer;
        this.clock = clock;
        this.clients = clients;
        this.planner = new Planner(config, tokenizer, seed);
        this.meters = new AnswerMeters(clients.telemetry(), this::counts);
        this.ownership = new Ownership(
                clients, "answerers-" + policy, name, COMMIT_TIMEOUT, config.maxFailures(), new Answers());
        this.questions = ownership.questions();
        this.producer = ownership.producer();
        this.ledger = ownership.ledger();
        Transitions transitions = new Transitions(config, tokenizer);
        this.answers = new LiveAnswers(
                (searches, sink) -> new Editions(
                        engines.stream()
                                .map(engine -> new Edition(engine, pool(engine, transitions, searches, sink)))
                                .toList(),
                        served,
                        loader),
                transitions,
                clock,
                this::ask,
                this::ended);
    }

    private RolloutPool pool(
            SequenceEngine engine,
            Transitions transitions,
            Consumer<AwaitingPassages> searches,
            Consumer<Finished> sink) {
        // One failure ends an answer: what has been told of it cannot be written again.
        return new RolloutPool(engine, transitions, 1, ownership.beginnings(), clock, searches, sink);
    }

    @Override
    public String name() {
        return name;
    }

    /** Takes weights, questions and passages, extends every answer by one token, tells what has come. */
    @Override
    public int step() {
        try {
            ownership.restore();
            int work = work();
            counts = new AnswerCounts(
                    answers.editions().version(),
                    answers.waiting(),
                    answers.writing(),
                    answers.finished(),
                    answers.failed() + refused,
                    continued,
                    answers.editions().generatedTokens());
            return work;
        } catch (RuntimeException | Error e) {
            ownership.distrust();
            throw e;
        }
    }

    /** What it is doing, as of its last step; may be read by any thread. */
    public AnswerCounts counts() {
        return counts;
    }

    @Override
    public void close() {
        try (answers;
                ownership) {
            // the last commit goes with the partitions
        }
    }

    private int work() {
        int work = answers.editions().follow() ? 1 : 0;
        throttle();
        for (Event<Question> event : questions.poll(answers.none() ? IDLE : Duration.ZERO)) {
            accept(event);
            work++;
        }
        if (ownership.stale()) {
            return work;
        }
        work += answers.begin();
        if (!ownership.partitions().isEmpty()) {
            boolean onlyPassages = answers.running() == 0 && !answers.none() && !producer.pending();
            for (Event<RetrievalResponse> event : ownership.responses().poll(onlyPassages ? IDLE : Duration.ZERO)) {
                answers.found(event.value().getRolloutId(), Found.of(event.value()));
                work++;
            }
        }
        work += answers.start(clock.millis() - committedAt >= TELL_EVERY_MS);
        if (ownership.beginnings().unwritten()) {
            commit();
        }
        if (ownership.stale()) {
            return work;
        }
        work += answers.advance();
        answers.tell();
        long since = clock.millis() - committedAt;
        if (urgent || since >= (producer.pending() ? TELL_EVERY_MS : PLACE_EVERY_MS)) {
            commit();
        }
        return work;
    }

    private void throttle() {
        boolean enough = answers.waiting() >= config.maxQueued();
        questions.pause(enough ? ownership.partitions() : Set.of());
        questions.resume(enough ? Set.of() : ownership.partitions());
    }

    private void accept(Event<Question> event) {
        Question question = event.value();
        boolean ours = LiveQuestions.includes(question) && question.getPolicy().equals(policy);
        if (!ours) {
            return;
        }
        if (question.getWithdrawn()) {
            answers.withdraw(question.getId());
            return;
        }
        Origin origin = new Origin(event.partition(), event.offset(), event.trace());
        List<AnswerEvent> told = told(event);
        Plan plan;
        try {
            plan = planner.plan(question, origin).get(0);
        } catch (IllegalArgumentException e) {
            refuse(question, origin, told, String.valueOf(e.getMessage()));
            return;
        }
        LiveAnswer answer = answer(plan);
        Transcript transcript = answer.recall(told);
        if (answer.over() || answers.has(question.getId())) {
            return;
        }
        ledger.open(origin, 1);
        if (past.containsKey(origin.partition())) {
            ownership.beginnings().takenOver(plan);
        }
        answers.add(answer, transcript);
        continued += told.isEmpty() ? 0 : 1;
    }

    private LiveAnswer answer(Plan plan) {
        return new LiveAnswer(plan, config.markup(), tokenizer, event -> send(plan, event));
    }

    /** What an earlier owner has told of this question's answer. */
    private List<AnswerEvent> told(Event<Question> event) {
        int partition = event.partition();
        if (event.offset() >= pastEnds.getOrDefault(partition, 0L)) {
            past.remove(partition);
            return List.of();
        }
        return past.computeIfAbsent(partition, p -> PastAnswers.since(clients, name, event.timestampMs()))
                .of(event.value().getId());
    }

    private void refuse(Question question, Origin origin, List<AnswerEvent> told, String cause) {
        if (told.isEmpty()) {
            Plan none = new Plan(origin, question, 0, "", new int[] {tokenizer.eos()}, 0, List.of(), false);
            answer(none).failed(LiveAnswer.REFUSED, cause, clock.millis());
            refused++;
        }
    }

    /** What an answer waits for. */
    private void ask(AwaitingPassages rollout) {
        ownership.ask(
                rollout.plan(), rollout.request(config.topK()).setLive(true).build());
        urgent = true;
    }

    private void ended(LiveAnswer answer) {
        ownership.beginnings().ended(answer.plan());
        ledger.written(answer.plan().origin());
    }

    private void send(Plan plan, AnswerEvent event) {
        urgent |= !MAY_WAIT.contains(event.getKind());
        plan.origin().trace().within(() -> producer.send(Topics.ANSWER_EVENTS, event.getAnswerId(), event));
        meters.told(plan, event);
    }

    private void commit() {
        committedAt = clock.millis();
        urgent = false;
        ownership.commit();
    }

    private final class Answers implements Ownership.Owner {
        @Override
        public void takeUp(Set<Integer> partitions) {
            Map<Integer, Long> ends = questions.endOffsets();
            partitions.forEach(partition -> pastEnds.put(partition, ends.get(partition)));
        }

        @Override
        public void forget(Set<Integer> partitions) {
            answers.forget(partitions);
            pastEnds.keySet().removeAll(partitions);
            past.keySet().removeAll(partitions);
        }
    }
}
