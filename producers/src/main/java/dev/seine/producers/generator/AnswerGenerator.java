package dev.seine.producers.generator;

import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.event.FinishReason;
import dev.seine.event.Question;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalResponse;
import dev.seine.event.WeightsPublished;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.Tokenizer;
import dev.seine.producers.generator.Rollout.AwaitingPassages;
import dev.seine.producers.generator.Rollout.Finished;
import dev.seine.producers.generator.Rollout.Queued;
import dev.seine.schemas.LiveQuestions;
import dev.seine.topics.Assignments;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.FencedProducer;
import dev.seine.topics.Role;
import dev.seine.topics.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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
    private static final Duration IDLE = Duration.ofMillis(4);

    private static final Set<AnswerEventKind> MAY_WAIT = EnumSet.of(AnswerEventKind.INTERNAL, AnswerEventKind.TEXT);

    private final String name;
    private final String policy;
    private final GeneratorConfig config;
    private final Tokenizer tokenizer;
    private final Clock clock;
    private final Clients clients;
    private final Planner planner;
    private final Transitions transitions;
    private final Editions editions;
    private final Ledger ledger = new Ledger();
    private final AnswerMeters meters;
    private final EventConsumer<Question> questions;
    private final EventConsumer<RetrievalResponse> responses;
    private final FencedProducer producer;
    private final Set<Integer> owned = new TreeSet<>();
    /** Offset up to which a question may have been begun by an earlier owner, by partition. */
    private final Map<Integer, Long> pastEnds = new TreeMap<>();

    private final Map<Integer, PastAnswers> past = new TreeMap<>();
    private final Map<String, LiveAnswer> answers = new LinkedHashMap<>();
    private final Map<String, Edition> writing = new HashMap<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean stale;
    private boolean urgent;
    private long committedAt;
    private long finished;
    private long failed;
    private long continued;
    private volatile AnswerCounts counts = AnswerCounts.NONE;

    /** An answer without a slot, and what stands of it. */
    private record Waiting(LiveAnswer answer, Transcript transcript) {}

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
        this.transitions = new Transitions(config, tokenizer);
        this.editions = new Editions(engines.stream().map(this::edition).toList(), served, loader);
        this.meters = new AnswerMeters(clients.telemetry(), this::counts);
        String group = "answerers-" + policy;
        this.producer = clients.fenced(group + "-" + name, name, COMMIT_TIMEOUT);
        this.responses = clients.assign(Topics.RETRIEVAL_RESPONSES, name);
        this.responses.assignTo(Set.of());
        this.questions = clients.subscribe(Topics.QUESTIONS, group, name, new Partitions());
    }

    private Edition edition(SequenceEngine engine) {
        // One failure ends an answer: what has been told of it cannot be written again.
        return new Edition(engine, new RolloutPool(engine, transitions, 1, clock, this::ask, this::finish));
    }

    @Override
    public String name() {
        return name;
    }

    /** Takes weights, questions and passages, extends every answer by one token, tells what has come. */
    @Override
    public int step() {
        try {
            if (stale) {
                restore();
            }
            int work = work();
            counts = new AnswerCounts(
                    editions.version(),
                    waiting.size(),
                    writing.size(),
                    finished,
                    failed,
                    continued,
                    editions.all().stream()
                            .mapToLong(edition -> edition.engine().generatedTokens())
                            .sum());
            return work;
        } catch (RuntimeException e) {
            stale = true;
            throw e;
        }
    }

    /** What it is doing, as of its last step; may be read by any thread. */
    public AnswerCounts counts() {
        return counts;
    }

    @Override
    public void close() {
        try (editions;
                responses;
                producer;
                questions) {
            if (!stale) {
                commit();
            }
        }
    }

    private int work() {
        int work = editions.follow() ? 1 : 0;
        throttle();
        for (Event<Question> event : questions.poll(answers.isEmpty() ? IDLE : Duration.ZERO)) {
            accept(event);
            work++;
        }
        if (stale) {
            return work;
        }
        work += begin();
        int running = editions.all().stream()
                .mapToInt(edition -> edition.engine().running() + edition.pool().queued())
                .sum();
        if (!owned.isEmpty()) {
            boolean onlyPassages = running == 0 && !answers.isEmpty() && !producer.pending();
            for (Event<RetrievalResponse> event : responses.poll(onlyPassages ? IDLE : Duration.ZERO)) {
                deliver(Found.of(event.value()), event.value().getRolloutId());
                work++;
            }
        }
        for (Edition edition : editions.all()) {
            work += edition.pool().tick();
        }
        tell();
        long since = clock.millis() - committedAt;
        if (urgent || since >= (producer.pending() ? TELL_EVERY_MS : PLACE_EVERY_MS)) {
            commit();
        }
        return work;
    }

    private void throttle() {
        boolean enough = waiting.size() >= config.maxQueued();
        questions.pause(enough ? owned : Set.of());
        questions.resume(enough ? Set.of() : owned);
    }

    private void accept(Event<Question> event) {
        Question question = event.value();
        boolean ours = LiveQuestions.includes(question) && question.getPolicy().equals(policy);
        if (!ours) {
            return;
        }
        if (question.getWithdrawn()) {
            withdraw(question.getId());
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
        if (answer.over() || answers.containsKey(question.getId())) {
            return;
        }
        ledger.open(origin, 1);
        answers.put(question.getId(), answer);
        waiting.add(new Waiting(answer, transcript));
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
            failed++;
        }
    }

    private void withdraw(String id) {
        LiveAnswer answer = answers.get(id);
        if (answer != null) {
            waiting.removeIf(queued -> queued.answer() == answer);
            Edition edition = writing.remove(id);
            if (edition != null) {
                edition.pool()
                        .drop(plan -> plan.rolloutId().equals(answer.plan().rolloutId()));
            }
            fail(answer, LiveAnswer.WITHDRAWN, "nobody waits for it any more");
        }
    }

    private void fail(LiveAnswer answer, String finish, String cause) {
        answer.failed(finish, cause, clock.millis());
        failed++;
        ended(answer);
    }

    private void ended(LiveAnswer answer) {
        String id = answer.plan().question().getId();
        answers.remove(id);
        writing.remove(id);
        ledger.written(answer.plan().origin());
    }

    /** Gives slots to answers that wait, in the order they were asked; returns how many. */
    private int begin() {
        int begun = 0;
        for (int i = waiting.size(); i > 0; i--) {
            Waiting next = waiting.remove();
            if (begin(next)) {
                begun++;
            } else {
                waiting.add(next);
            }
        }
        return begun;
    }

    /** Returns whether it waits no more. */
    private boolean begin(Waiting next) {
        LiveAnswer answer = next.answer();
        Question question = answer.plan().question();
        long now = clock.millis();
        if (question.getDeadlineMs() > 0 && now > question.getDeadlineMs()) {
            fail(answer, FinishReason.TIMEOUT.name(), "no answer before the deadline");
            return true;
        }
        if (answer.weights().isPresent()) {
            return goOn(next, answer.weights().get(), now);
        }
        Optional<Edition> edition = editions.begin(question);
        edition.ifPresent(free -> {
            answer.started(free.weights().orElseThrow(), now);
            free.pool().add(List.of(answer.plan()));
            writing.put(question.getId(), free);
        });
        return edition.isPresent();
    }

    private boolean goOn(Waiting next, WeightsPublished weights, long now) {
        LiveAnswer answer = next.answer();
        Plan plan = answer.plan();
        boolean roomForOthers = editions.canTakeOthers();
        Optional<Edition> edition = editions.goOn(weights);
        if (edition.isEmpty()) {
            boolean gone = roomForOthers && !editions.coming(weights);
            if (gone) {
                fail(
                        answer,
                        FinishReason.ERROR.name(),
                        "the weights v" + weights.getVersion() + " it began with are gone");
            }
            return gone;
        }
        writing.put(plan.question().getId(), edition.get());
        RolloutPool pool = edition.get().pool();
        if (answer.asked().isPresent()) {
            AwaitingPassages search =
                    transitions.resumed(plan, next.transcript(), answer.asked().get(), answer.startedAt(), now);
            pool.takeOver(search);
            request(search);
        } else {
            pool.add(new Queued(plan, next.transcript(), answer.startedAt()));
        }
        return true;
    }

    private void deliver(Found found, String rolloutId) {
        for (Edition edition : editions.all()) {
            if (edition.pool().found(rolloutId, found)) {
                return;
            }
        }
    }

    /** Tells what was sampled and shown since the last time. */
    private void tell() {
        long now = clock.millis();
        for (Map.Entry<String, Edition> entry : writing.entrySet()) {
            LiveAnswer answer = answers.get(entry.getKey());
            Edition edition = entry.getValue();
            String rolloutId = answer.plan().rolloutId();
            edition.pool()
                    .active(rolloutId)
                    .filter(Rollout.Writing.class::isInstance)
                    .ifPresent(rollout -> answer.advance(
                            rollout.transcript(), edition.engine().soFar(rolloutId), now));
        }
    }

    /** Called by a pool: the policy has closed a query. */
    private void ask(AwaitingPassages rollout) {
        LiveAnswer answer = answers.get(rollout.plan().question().getId());
        answer.advance(rollout.transcript(), new int[0], clock.millis());
        answer.searching(rollout.search(), clock.millis());
        request(rollout);
    }

    private void request(AwaitingPassages rollout) {
        Plan plan = rollout.plan();
        String id = plan.question().getId();
        RetrievalRequest request = RetrievalRequest.newBuilder()
                .setRequestId(rollout.search().requestId())
                .setQuestionId(id)
                .setRolloutId(plan.rolloutId())
                .setTurn(rollout.search().turn())
                .setQuery(rollout.search().query())
                .setTopK(config.topK())
                .setDeadlineMs(rollout.search().deadline())
                .setAtMs(rollout.since())
                .setLive(true)
                .build();
        Origin origin = plan.origin();
        origin.trace().within(() -> producer.send(Topics.RETRIEVAL_REQUESTS, origin.partition(), id, request));
        urgent = true;
    }

    /** Called by a pool: a rollout is over. */
    private void finish(Finished rollout) {
        LiveAnswer answer = answers.get(rollout.plan().question().getId());
        answer.finished(rollout);
        if (rollout.finish() == FinishReason.ERROR || rollout.finish() == FinishReason.TIMEOUT) {
            failed++;
        } else {
            finished++;
        }
        ended(answer);
    }

    private void send(Plan plan, AnswerEvent event) {
        urgent |= !MAY_WAIT.contains(event.getKind());
        plan.origin().trace().within(() -> producer.send(Topics.ANSWER_EVENTS, event.getAnswerId(), event));
        meters.told(plan, event);
    }

    private void commit() {
        committedAt = clock.millis();
        urgent = false;
        if (owned.isEmpty()) {
            return;
        }
        Map<Integer, Long> positions = new TreeMap<>(questions.positions());
        positions.keySet().retainAll(owned);
        Map<Integer, Long> next = producer.pending() ? ledger.atLeastOne(positions) : ledger.committable(positions);
        if (!next.isEmpty() && !producer.commit(questions, next)) {
            stale = true;
        }
    }

    /** Back to what the log says: what was told since the last commit did not happen. */
    private void restore() {
        Set<Integer> all = Set.copyOf(owned);
        producer.abort();
        forget(all);
        expectPast(all);
        questions.rewind();
        stale = false;
    }

    private void forget(Set<Integer> partitions) {
        editions.all().forEach(edition -> edition.pool()
                .drop(plan -> partitions.contains(plan.origin().partition())));
        waiting.removeIf(
                queued -> partitions.contains(queued.answer().plan().origin().partition()));
        answers.values()
                .removeIf(answer -> partitions.contains(answer.plan().origin().partition()));
        writing.keySet().retainAll(answers.keySet());
        ledger.drop(partitions);
        pastEnds.keySet().removeAll(partitions);
        past.keySet().removeAll(partitions);
    }

    private void expectPast(Set<Integer> partitions) {
        Map<Integer, Long> ends = questions.endOffsets();
        partitions.forEach(partition -> pastEnds.put(partition, ends.get(partition)));
    }

    /** Called within the poll of the questions. */
    private final class Partitions implements Assignments {
        /** What is told so far is committed; the rest is the next owner's, who continues it. */
        @Override
        public void revoked(Set<Integer> partitions) {
            if (!stale) {
                commit();
            }
            owned.removeAll(partitions);
            forget(partitions);
            responses.assignTo(owned);
        }

        /** Passages are wanted from now on: what was asked before is asked again. */
        @Override
        public void assigned(Set<Integer> partitions) {
            owned.addAll(partitions);
            expectPast(partitions);
            responses.assignTo(owned);
            responses.seekToEnd(partitions);
        }
    }
}
