package dev.seine.producers.generator;

import dev.seine.event.FinishReason;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.Written;
import dev.seine.producers.generator.Rollout.Active;
import dev.seine.producers.generator.Rollout.AwaitingPassages;
import dev.seine.producers.generator.Rollout.Finished;
import dev.seine.producers.generator.Rollout.Queued;
import dev.seine.producers.generator.Rollout.Writing;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many rollouts over one engine: a queued one starts as soon as a slot is free, those first that the learner needs first.
 * Every rollout added ends in the sink exactly once, unless it is dropped. For use by one thread.
 */
final class RolloutPool {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutPool.class);
    private static final Comparator<Queued> LEARNERS_ORDER = Comparator.<Queued>comparingLong(
                    queued -> queued.plan().question().getSeq())
            .thenComparingLong(queued -> queued.plan().question().getAtMs())
            .thenComparing(queued -> queued.plan().groupId())
            .thenComparing(queued -> queued.plan().index());

    private final SequenceEngine engine;
    private final Transitions transitions;
    private final int maxFailures;
    private final Beginnings beginnings;
    private final Clock clock;
    private final Consumer<AwaitingPassages> searches;
    private final Consumer<Finished> sink;
    private final PriorityQueue<Queued> queue = new PriorityQueue<>(LEARNERS_ORDER);
    private final Map<String, Active> active = new HashMap<>();
    /** Rollouts taken over that wait for passages without a slot: the engine has never seen them. */
    private final Set<String> parked = new HashSet<>();

    /** Rollouts whose turns are begun in one process only. */
    RolloutPool(
            SequenceEngine engine,
            Transitions transitions,
            int maxFailures,
            Clock clock,
            Consumer<AwaitingPassages> searches,
            Consumer<Finished> sink) {
        this(engine, transitions, maxFailures, new Beginnings(maxFailures), clock, searches, sink);
    }

    /**
     * Rollouts over an engine.
     *
     * @param maxFailures failures of the engine in a turn that end a rollout
     * @param beginnings of turns, shared by the pools of one generator
     */
    RolloutPool(
            SequenceEngine engine,
            Transitions transitions,
            int maxFailures,
            Beginnings beginnings,
            Clock clock,
            Consumer<AwaitingPassages> searches,
            Consumer<Finished> sink) {
        this.engine = engine;
        this.transitions = transitions;
        this.maxFailures = maxFailures;
        this.beginnings = beginnings;
        this.clock = clock;
        this.searches = searches;
        this.sink = sink;
    }

    void add(List<Plan> plans) {
        plans.forEach(plan -> queue.add(Queued.fresh(plan)));
    }

    /** Adds a rollout that stands where its transcript ends. */
    void add(Queued queued) {
        queue.add(queued);
    }

    /** Adds a rollout that another generator wrote up to a search; it needs no slot before it is answered. */
    void takeOver(AwaitingPassages waiting) {
        active.put(waiting.plan().rolloutId(), waiting);
        parked.add(waiting.plan().rolloutId());
    }

    /** Rollouts without a slot. */
    int queued() {
        return queue.size();
    }

    /** Rollouts with a slot. */
    int active() {
        return active.size();
    }

    /** Rollouts whose search is under way. */
    int waiting() {
        return (int) active.values().stream()
                .filter(AwaitingPassages.class::isInstance)
                .count();
    }

    /** A rollout that has a slot, or that was taken over and waits for passages. */
    Optional<Active> active(String rolloutId) {
        return Optional.ofNullable(active.get(rolloutId));
    }

    /** Starts what can start and extends what is running by one token; returns how many rollouts that were. */
    int tick() {
        return start(true) + advance();
    }

    /**
     * Starts what can start, without a token of it; returns how many rollouts that were.
     *
     * @param noting whether beginnings that are to be noted may be among them
     */
    int start(boolean noting) {
        int started = 0;
        while (engine.free() > 0 && !queue.isEmpty() && mayBegin(queue.peek(), noting)) {
            begin(queue.remove());
            started++;
        }
        return started;
    }

    private boolean mayBegin(Queued queued, boolean noting) {
        return beginnings.mayBegin(queued.plan(), queued.transcript().turns())
                && (noting || !beginnings.toBeNoted(queued.plan()));
    }

    /** Extends what is running by one token; returns how many rollouts that were. */
    int advance() {
        int running = engine.running();
        for (Written written : written()) {
            if (active.get(written.id()) instanceof Writing writing) {
                beginnings.ended(writing.plan());
                settle(transitions.wrote(writing, written, clock.millis()));
            }
        }
        return running + expire();
    }

    /** The search ended; one that nobody waits for is ignored. Returns whether somebody waited. */
    boolean found(String rolloutId, Found found) {
        if (active.get(rolloutId) instanceof AwaitingPassages waiting && found.answers(waiting.search())) {
            settle(transitions.found(waiting, found, clock.millis()));
            return true;
        }
        return false;
    }

    /** Forgets rollouts without a trace. */
    void drop(Predicate<Plan> gone) {
        queue.removeIf(queued -> gone.test(queued.plan()));
        active.values().removeIf(rollout -> {
            boolean drop = gone.test(rollout.plan());
            if (drop) {
                beginnings.ended(rollout.plan());
                parked.remove(rollout.plan().rolloutId());
                engine.cancel(rollout.plan().rolloutId());
            }
            return drop;
        });
    }

    private void begin(Queued queued) {
        Plan plan = queued.plan();
        Transcript transcript = queued.transcript();
        Writing writing = transitions.started(queued, clock.millis());
        active.put(plan.rolloutId(), writing);
        int continued = beginnings.times(plan, transcript.turns());
        if (continued >= beginnings.most()) {
            String cause = "continued " + continued
                    + " times, and each time its generator died, or lost its place in its group, before the turn was written";
            settle(transitions.failed(writing, clock.millis(), FinishReason.ERROR, cause));
            return;
        }
        beginnings.begin(plan, transcript.turns());
        try {
            engine.start(plan.rolloutId(), transcript.tokens(), transitions.sampling(plan, transcript));
        } catch (IllegalArgumentException e) {
            settle(transitions.failed(writing, clock.millis(), FinishReason.ERROR, e.toString()));
        }
    }

    /** What stopped in this tick; if the engine fails, everything that was being written begins its segment again. */
    private List<Written> written() {
        try {
            return engine.step();
        } catch (RuntimeException e) {
            List<Writing> hit = active.values().stream()
                    .filter(Writing.class::isInstance)
                    .map(Writing.class::cast)
                    .toList();
            LOG.warn("the engine failed in the middle of {} rollouts", hit.size(), e);
            hit.forEach(writing -> failed(writing, e));
            return List.of();
        }
    }

    private void failed(Writing writing, RuntimeException cause) {
        int times = beginnings.failed(writing.plan());
        if (times >= maxFailures) {
            settle(transitions.failed(
                    writing, clock.millis(), FinishReason.ERROR, "failed " + times + " times: " + cause));
        } else {
            settle(Transitions.again(writing));
        }
    }

    private int expire() {
        long now = clock.millis();
        List<Active> late = active.values().stream()
                .filter(rollout -> Transitions.late(rollout, now))
                .toList();
        late.forEach(rollout -> settle(transitions.failed(rollout, now, FinishReason.TIMEOUT, "")));
        return late.size();
    }

    /** Carries out what the new state means for engine, searches and sink. */
    private void settle(Rollout next) {
        String id = next.plan().rolloutId();
        if (next instanceof Queued queued) {
            active.remove(id);
            engine.cancel(id);
            queue.add(queued);
        } else if (next instanceof Writing writing
                && (parked.remove(id) || !mayBegin(Transitions.again(writing), true))) {
            settle(Transitions.again(writing));
        } else if (next instanceof Writing writing) {
            active.put(id, writing);
            goOn(id, writing);
        } else if (next instanceof AwaitingPassages waiting) {
            active.put(id, waiting);
            searches.accept(waiting);
        } else if (next instanceof Finished finished) {
            active.remove(id);
            parked.remove(id);
            beginnings.ended(finished.plan());
            engine.cancel(id);
            sink.accept(finished);
        }
    }

    private void goOn(String id, Writing writing) {
        Plan plan = writing.plan();
        Transcript transcript = writing.transcript();
        beginnings.begin(plan, transcript.turns());
        if (plan.limited() || (plan.untilSearch() && transcript.searches() == 1)) {
            // What is banned, and where it ends, is fixed for as long as the engine holds a sequence: it begins anew
            // with all that stands.
            engine.cancel(id);
            engine.start(id, transcript.tokens(), transitions.sampling(plan, transcript));
        } else {
            engine.resume(id, transcript.last().tokens());
        }
    }
}
