package dev.seine.serving.answers;

import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.topics.Trace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One answer: its events in order, each once, as they come. Any number of readers follow it, each at its own pace; none holds up another, and
 * what is kept for them is no more than the answer itself. Safe for use by many threads.
 */
public final class Answer {
    private final String id;
    private final String asker;
    private final String model;
    private final long askedAtMs;
    private final long deadlineMs;
    private final Trace trace;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final List<AnswerEvent> events = new ArrayList<>();
    private volatile boolean over;

    /** An answer of which nothing is known yet; what is given is what its methods of these names say. */
    public Answer(String id, String asker, String model, long askedAtMs, long deadlineMs, Trace trace) {
        this.id = id;
        this.asker = asker;
        this.model = model;
        this.askedAtMs = askedAtMs;
        this.deadlineMs = deadlineMs;
        this.trace = trace;
    }

    /** Identity, for feedback too. */
    public String id() {
        return id;
    }

    /** Id of the key that it was asked with: nobody else may see it. */
    public String asker() {
        return asker;
    }

    /** The policy that was asked. */
    public String model() {
        return model;
    }

    /** When it was asked, in milliseconds since 1970-01-01 UTC. */
    public long askedAtMs() {
        return askedAtMs;
    }

    /** When it is given up, in milliseconds since 1970-01-01 UTC. */
    public long deadlineMs() {
        return deadlineMs;
    }

    /** The trace that its question belongs to. */
    Trace trace() {
        return trace;
    }

    /** Whether its last event is here. */
    public boolean over() {
        return over;
    }

    /** Takes the next event; one that is here already is dropped. Returns whether it was the next. */
    boolean add(AnswerEvent event) {
        lock.lock();
        try {
            if (over || event.getIndex() < events.size()) {
                return false;
            }
            if (event.getIndex() > events.size()) {
                throw new IllegalStateException("answer " + id + ": event " + event.getIndex() + " follows "
                        + (events.size() - 1) + "; one in between is missing in the log");
            }
            events.add(event);
            over = event.getKind() == AnswerEventKind.FINISHED || event.getKind() == AnswerEventKind.FAILED;
            more.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** What there is now. */
    public List<AnswerEvent> events() {
        lock.lock();
        try {
            return List.copyOf(events);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Events from this index on; waits until there is one, the answer is over, or the time has passed, and is empty then.
     *
     * @throws InterruptedException if the service ends
     */
    public List<AnswerEvent> await(int from, Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (events.size() <= from && !over && left > 0) {
                left = more.awaitNanos(left);
            }
            return events.size() <= from ? List.of() : List.copyOf(events.subList(from, events.size()));
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it is over or this time has passed, in milliseconds since 1970-01-01 UTC; returns whether it is over. */
    public boolean awaitEnd(long untilMs, long nowMs) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(Math.max(0, untilMs - nowMs));
        lock.lockInterruptibly();
        try {
            while (!over && left > 0) {
                left = more.awaitNanos(left);
            }
            return over;
        } finally {
            lock.unlock();
        }
    }
}
