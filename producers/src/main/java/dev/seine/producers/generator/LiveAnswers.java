package dev.seine.producers.generator;

import dev.seine.event.FinishReason;
import dev.seine.event.Question;
import dev.seine.event.WeightsPublished;
import dev.seine.producers.generator.Rollout.AwaitingPassages;
import dev.seine.producers.generator.Rollout.Finished;
import dev.seine.producers.generator.Rollout.Queued;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The live answers in hand: those that wait for a slot, in the order they were asked, and those being written, each with the weights it
 * began with. For use by one thread.
 */
final class LiveAnswers implements AutoCloseable {
    private final Editions editions;
    private final Transitions transitions;
    private final Clock clock;
    private final Consumer<AwaitingPassages> searches;
    private final Consumer<LiveAnswer> ended;
    private final Map<String, LiveAnswer> answers = new LinkedHashMap<>();
    private final Map<String, Edition> writing = new HashMap<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long finished;
    private long failed;

    /** An answer without a slot, and what stands of it. */
    private record Waiting(LiveAnswer answer, Transcript transcript) {}

    /** How the pools of the editions tell what has happened to their rollouts. */
    interface Pools {
        Editions with(Consumer<AwaitingPassages> searches, Consumer<Finished> sink);
    }

    /**
     * No answers yet.
     *
     * @param searches told which passages an answer waits for
     * @param ended told of answers whose last event has been told
     */
    LiveAnswers(
            Pools pools,
            Transitions transitions,
            Clock clock,
            Consumer<AwaitingPassages> searches,
            Consumer<LiveAnswer> ended) {
        this.editions = pools.with(this::ask, this::finish);
        this.transitions = transitions;
        this.clock = clock;
        this.searches = searches;
        this.ended = ended;
    }

    /** Takes an answer in hand. */
    void add(LiveAnswer answer, Transcript transcript) {
        answers.put(id(answer), answer);
        waiting.add(new Waiting(answer, transcript));
    }

    boolean has(String questionId) {
        return answers.containsKey(questionId);
    }

    boolean none() {
        return answers.isEmpty();
    }

    /** Answers that wait for a slot. */
    int waiting() {
        return waiting.size();
    }

    /** Answers being written. */
    int writing() {
        return writing.size();
    }

    /** Answers finished so far. */
    long finished() {
        return finished;
    }

    /** Answers that ended without one. */
    long failed() {
        return failed;
    }

    Editions editions() {
        return editions;
    }

    /** Ends an answer that nobody waits for any more, if it is in hand. */
    void withdraw(String questionId) {
        LiveAnswer answer = answers.get(questionId);
        if (answer != null) {
            waiting.removeIf(queued -> queued.answer() == answer);
            Edition edition = writing.get(questionId);
            if (edition != null) {
                edition.pool()
                        .drop(plan -> plan.rolloutId().equals(answer.plan().rolloutId()));
            }
            fail(answer, LiveAnswer.WITHDRAWN, "nobody waits for it any more");
        }
    }

    /** Ends an answer with its reason. */
    void fail(LiveAnswer answer, String finish, String cause) {
        answer.failed(finish, cause, clock.millis());
        failed++;
        end(answer);
    }

    private void end(LiveAnswer answer) {
        answers.remove(id(answer));
        writing.remove(id(answer));
        ended.accept(answer);
    }

    /** Gives slots to answers that wait; returns how many wait no more. */
    int begin() {
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
            free.pool().add(Queued.fresh(answer.plan()));
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
                String cause = "the weights v" + weights.getVersion() + " it began with are gone";
                fail(answer, FinishReason.ERROR.name(), cause);
            }
            return gone;
        }
        writing.put(id(answer), edition.get());
        RolloutPool pool = edition.get().pool();
        if (answer.asked().isPresent()) {
            AwaitingPassages search =
                    transitions.resumed(plan, next.transcript(), answer.asked().get(), answer.startedAt(), now);
            pool.takeOver(search);
            searches.accept(search);
        } else {
            pool.add(new Queued(plan, next.transcript(), answer.startedAt()));
        }
        return true;
    }

    /** Rollouts that the next tick would extend or start. */
    int running() {
        return editions.all().stream()
                .mapToInt(edition -> edition.engine().running() + edition.pool().queued())
                .sum();
    }

    /** A search ended. */
    void found(String rolloutId, Found found) {
        for (Edition edition : editions.all()) {
            if (edition.pool().found(rolloutId, found)) {
                return;
            }
        }
    }

    /** See {@link RolloutPool#start}. */
    int start(boolean noting) {
        return editions.all().stream()
                .mapToInt(edition -> edition.pool().start(noting))
                .sum();
    }

    /** See {@link RolloutPool#advance}. */
    int advance() {
        return editions.all().stream()
                .mapToInt(edition -> edition.pool().advance())
                .sum();
    }

    /** Tells what was sampled and shown since the last time. */
    void tell() {
        long now = clock.millis();
        for (Map.Entry<String, Edition> entry : writing.entrySet()) {
            LiveAnswer answer = answer(entry.getKey());
            Edition edition = entry.getValue();
            String rolloutId = answer.plan().rolloutId();
            edition.pool()
                    .active(rolloutId)
                    .filter(Rollout.Writing.class::isInstance)
                    .ifPresent(rollout -> answer.advance(
                            rollout.transcript(), edition.engine().soFar(rolloutId), now));
        }
    }

    private LiveAnswer answer(String id) {
        return Objects.requireNonNull(answers.get(id), () -> "answer " + id + " is not being written");
    }

    /** Called by a pool: the policy has closed a query. */
    private void ask(AwaitingPassages rollout) {
        LiveAnswer answer = answer(rollout.plan().question().getId());
        answer.advance(rollout.transcript(), new int[0], clock.millis());
        answer.searching(rollout.search(), clock.millis());
        searches.accept(rollout);
    }

    /** Called by a pool: a rollout is over. */
    private void finish(Finished rollout) {
        LiveAnswer answer = answer(rollout.plan().question().getId());
        answer.finished(rollout);
        if (rollout.finish() == FinishReason.ERROR || rollout.finish() == FinishReason.TIMEOUT) {
            failed++;
        } else {
            finished++;
        }
        end(answer);
    }

    /** Forgets the answers to questions of these partitions without a trace. */
    void forget(Set<Integer> partitions) {
        editions.all().forEach(edition -> edition.pool()
                .drop(plan -> partitions.contains(plan.origin().partition())));
        waiting.removeIf(queued -> isOf(partitions, queued.answer()));
        answers.values().removeIf(answer -> isOf(partitions, answer));
        writing.keySet().retainAll(answers.keySet());
    }

    private static boolean isOf(Set<Integer> partitions, LiveAnswer answer) {
        return partitions.contains(answer.plan().origin().partition());
    }

    private static String id(LiveAnswer answer) {
        return answer.plan().question().getId();
    }

    @Override
    public void close() {
        editions.close();
    }
}
