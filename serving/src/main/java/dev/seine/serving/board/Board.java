package dev.seine.serving.board;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.event.Evaluation;
import dev.seine.event.LearnerStep;
import dev.seine.event.Promotion;
import dev.seine.event.WeightsPublished;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What there is to see of a run: its entries in the order they came, the newest of them kept. Any number of readers follow it; what
 * one has missed it can fetch as long as it is kept. Safe for use by many threads.
 */
public final class Board {
    /** The learner's figures that are drawn, of the many there are. */
    private static final List<String> DRAWN = List.of(
            "reward",
            "reward-format",
            "reward-answer",
            "reward-group",
            "reward-memory",
            "correct",
            "well-formed",
            "searches",
            "staleness-mean",
            "staleness-max",
            "loss",
            "loss-policy",
            "loss-memory",
            "loss-rehearsal",
            "nll-memory",
            "entropy",
            "tokens-per-second");

    private static final MathContext DIGITS = new MathContext(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int keep;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Deque<Entry> entries = new ArrayDeque<>();
    private long next;

    /**
     * One thing to see.
     *
     * @param number place, from 0, without gaps
     * @param json an object with its {@code type}: {@code step}, {@code evaluation}, {@code promotion} or {@code lag}
     */
    public record Entry(long number, String json) {}

    /**
     * An empty board.
     *
     * @param keep entries kept
     */
    public Board(int keep) {
        this.keep = keep;
    }

    /** A step that was applied. */
    public void add(LearnerStep step) {
        ObjectNode json = object("step", step.getAtMs()).put("step", step.getStep());
        put(json, "seconds", step.getTookMs() / 1000.0);
        for (String name : DRAWN) {
            Double value = step.getMetrics().get(name);
            if (value != null) {
                put(json, name, value);
            }
        }
        add(json);
    }

    /** A version's quality on a question set. */
    public void add(Evaluation evaluation) {
        ObjectNode json = object("evaluation", evaluation.getAtMs())
                .put("version", evaluation.getVersion())
                .put("dataset", evaluation.getDataset())
                .put("questions", evaluation.getQuestions());
        evaluation.getMetrics().forEach((name, value) -> put(json, name, value));
        ObjectNode slices = json.putObject("slices");
        evaluation.getSlices().forEach((name, figures) -> {
            Double accuracy = figures.get("accuracy");
            if (accuracy != null) {
                put(slices, name, accuracy);
            }
        });
        add(json);
    }

    /** A decision on which version serves. */
    public void add(Promotion promotion) {
        add(object("promotion", promotion.getAtMs())
                .put(
                        "decision",
                        promotion.getDecision().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .put("version", promotion.getVersion())
                .put("by", promotion.getBy())
                .put("cause", promotion.getCause())
                .put("serving", version(promotion.getServing()))
                .put("canary", version(promotion.getCanary()))
                .put("canary_share", promotion.getCanaryShare()));
    }

    /** Records that each consumer group has yet to read, by topic. */
    public void lag(Map<String, Map<String, Long>> lag, long atMs) {
        ObjectNode json = object("lag", atMs);
        ObjectNode topics = json.putObject("topics");
        lag.forEach((topic, groups) -> {
            ObjectNode of = topics.putObject(topic);
            groups.forEach(of::put);
        });
        add(json);
    }

    /** Entries from this number on that are kept. */
    public List<Entry> from(long number) {
        lock.lock();
        try {
            return since(number);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The same; waits until there is one or the time has passed, and is empty then.
     *
     * @throws InterruptedException if the service ends
     */
    public List<Entry> await(long number, Duration limit) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(limit.toMillis());
        lock.lockInterruptibly();
        try {
            while (next <= number && left > 0) {
                left = more.awaitNanos(left);
            }
            return since(number);
        } finally {
            lock.unlock();
        }
    }

    private List<Entry> since(long number) {
        List<Entry> wanted = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.number() >= number) {
                wanted.add(entry);
            }
        }
        return wanted;
    }

    private void add(ObjectNode json) {
        lock.lock();
        try {
            entries.add(new Entry(next++, json.toString()));
            if (entries.size() > keep) {
                entries.remove();
            }
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static long version(@Nullable WeightsPublished weights) {
        return weights == null ? -1 : weights.getVersion();
    }

    private static ObjectNode object(String type, long atMs) {
        return JSON.createObjectNode().put("type", type).put("at_ms", atMs);
    }

    /** To five digits; what is no number is left out. */
    private static void put(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, new BigDecimal(value).round(DIGITS).doubleValue());
        }
    }
}
