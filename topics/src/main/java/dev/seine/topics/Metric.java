package dev.seine.topics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Every figure of its own that a process shows, in the order events flow: the one home of their names. Labels take few values: roles, topics,
 * outcomes; never ids. Besides these there are those of Kafka's clients ({@code kafka_}) and of the JVM ({@code jvm_}, {@code process_},
 * {@code system_}).
 */
public enum Metric {
    ROLE_READY(Kind.GAUGE, "seine.role.ready", "1 while the role has what it needs and works, else 0", "role"),
    ROLE_STEPS(Kind.COUNTER, "seine.role.steps", "turns in which the role found work", "role"),
    ROLE_STEP_AGE(Kind.GAUGE, "seine.role.step.age.seconds", "time since the role's last turn ended", "role"),
    ROLE_OUTAGES(Kind.COUNTER, "seine.role.outages", "turns given up as a broker or registry was away", "role"),
    CONSUMER_LAG(Kind.GAUGE, "seine.consumer.lag.records", "records written and not yet read", "topic", "reader"),
    REJECTIONS(Kind.COUNTER, "seine.rejections", "records refused, by the topic that they came from", "topic"),

    QUESTIONS_PUBLISHED(Kind.COUNTER, "seine.questions.published", "questions written by the publisher"),
    QUESTIONS_SEQ(Kind.GAUGE, "seine.questions.seq", "next question in training order; -1 before the first weights"),

    GENERATOR_VERSION(Kind.GAUGE, "seine.generator.version", "version of the weights in use; -1 before the first"),
    GENERATOR_ROLLOUTS(Kind.GAUGE, "seine.generator.rollouts", "rollouts at hand: queued, writing, waiting", "state"),
    GENERATOR_QUESTIONS(Kind.COUNTER, "seine.generator.questions", "questions read"),
    GENERATOR_TOKENS(Kind.COUNTER, "seine.generator.tokens", "tokens sampled"),
    GENERATOR_SEARCHES(Kind.COUNTER, "seine.generator.searches", "searches asked for"),
    GENERATOR_CONTINUED(Kind.COUNTER, "seine.generator.continued", "rollouts taken over in the middle"),
    GENERATOR_TRAJECTORIES(
            Kind.COUNTER, "seine.generator.trajectories", "trajectories written, by how they ended", "finish"),
    GENERATOR_QUEUE(Kind.TIMER, "seine.generator.queue", "from a question's publishing to the start of a rollout"),
    GENERATOR_SEARCH(
            Kind.TIMER, "seine.generator.search", "from a search's request to its passages, as the rollout sees it"),
    GENERATOR_ROLLOUT(Kind.TIMER, "seine.generator.rollout", "from a rollout's start to its trajectory"),

    RETRIEVAL_REQUESTS(
            Kind.COUNTER,
            "seine.retrieval.requests",
            "searches answered: searched, cached, coalesced, error, timeout",
            "outcome"),
    RETRIEVAL_REPEATED(Kind.COUNTER, "seine.retrieval.repeated", "requests delivered again after they were answered"),
    RETRIEVAL_QUEUE(Kind.TIMER, "seine.retrieval.queue", "from a search's request to its turn"),
    RETRIEVAL_SEARCH(Kind.TIMER, "seine.retrieval.search", "from a search's turn to its response"),

    REWARD_GROUPS(Kind.COUNTER, "seine.reward.groups", "groups closed: by count, by deadline", "by"),
    REWARD_TRAJECTORIES(
            Kind.COUNTER,
            "seine.reward.trajectories",
            "trajectories read: accepted, late, duplicate; and scored",
            "outcome"),
    REWARD_MEMORY_SAMPLES(Kind.COUNTER, "seine.reward.memory.samples", "memory samples written"),

    LEARNER_VERSION(Kind.GAUGE, "seine.learner.version", "version of the weights: steps done"),
    LEARNER_ROLLOUTS(
            Kind.COUNTER,
            "seine.learner.rollouts",
            "rollouts accepted (produced), and of these trained or skipped, since the policy began",
            "fate"),
    LEARNER_IN_FLIGHT(Kind.GAUGE, "seine.learner.in.flight", "rollouts read and neither trained nor skipped yet"),
    LEARNER_STEP(Kind.TIMER, "seine.learner.step", "duration of a step, without the wait for its rollouts"),
    LEARNER_WAIT(Kind.TIMER, "seine.learner.wait", "from a rollout's end to the end of the step that consumed it"),
    LEARNER_TOKENS(Kind.COUNTER, "seine.learner.tokens", "tokens trained"),
    LEARNER_STALENESS(
            Kind.GAUGE, "seine.learner.staleness", "age in versions of the last step's rollouts: mean, max", "of"),
    LEARNER_REWARD(
            Kind.GAUGE,
            "seine.learner.reward",
            "mean reward of the last step's rollouts, by part: total, format, answer, group, memory",
            "part"),
    LEARNER_LOSS(
            Kind.GAUGE,
            "seine.learner.loss",
            "loss of the last step, by part: total, policy, kl, memory, rehearsal",
            "part"),
    LEARNER_ACCURACY(Kind.GAUGE, "seine.learner.accuracy", "share of the last step's rollouts that answered correctly"),
    LEARNER_SEARCHES(Kind.GAUGE, "seine.learner.searches", "searches per rollout of the last step"),
    LEARNER_ENTROPY(Kind.GAUGE, "seine.learner.entropy", "entropy per sampled token of the last step, in nats"),

    SERVE_QUESTIONS(Kind.COUNTER, "seine.serve.questions", "live questions asked"),
    SERVE_OPEN(Kind.GAUGE, "seine.serve.open", "answers under way"),
    SERVE_READERS(Kind.GAUGE, "seine.serve.readers", "readers that follow an answer while it is written"),
    SERVE_ANSWERS(Kind.COUNTER, "seine.serve.answers", "answers over: finished, failed", "outcome"),
    SERVE_FIRST_EVENT(
            Kind.TIMER,
            "seine.serve.first.event",
            "from a live question to the first event of its answer, as the asker sees it"),
    SERVE_ANSWER(
            Kind.TIMER, "seine.serve.answer", "from a live question to the end of its answer, as the asker sees it"),

    ANSWER_VERSION(Kind.GAUGE, "seine.answer.version", "version that most answers begin with; -1 before the first"),
    ANSWER_OPEN(Kind.GAUGE, "seine.answer.open", "answers at hand: waiting for a slot, writing", "state"),
    ANSWER_BEGUN(Kind.COUNTER, "seine.answer.begun", "answers begun"),
    ANSWER_ENDED(Kind.COUNTER, "seine.answer.ended", "answers ended: as rollouts do, or withdrawn, refused", "finish"),
    ANSWER_CONTINUED(Kind.COUNTER, "seine.answer.continued", "answers taken over in the middle"),
    ANSWER_TOKENS(Kind.COUNTER, "seine.answer.tokens", "tokens sampled for answers"),
    ANSWER_QUEUE(Kind.TIMER, "seine.answer.queue", "from a live question to the start of its answer"),

    FEEDBACK_RECEIVED(Kind.COUNTER, "seine.feedback.received", "feedback read"),
    FEEDBACK_OUTCOMES(
            Kind.COUNTER,
            "seine.feedback.outcomes",
            "what became of feedback: joined, repeated, superseded, rejected; and deletions: deleted",
            "outcome"),
    FEEDBACK_QUESTIONS(
            Kind.COUNTER, "seine.feedback.questions", "training questions from feedback: made, withdrawn", "what"),
    GATE_DECISIONS(
            Kind.COUNTER,
            "seine.gate.decisions",
            "decisions of the gate: promoted, canary, refused, rolled_back",
            "decision");

    /** What a metric is, and so what its series are called. */
    public enum Kind {
        /** A value at this moment. */
        GAUGE(""),
        /** A count since the process started, if nothing else is said; ends in {@code _total}. */
        COUNTER("_total"),
        /** Durations: a histogram in seconds, {@code _seconds_bucket}, {@code _count}, {@code _sum}, and {@code _max}. */
        TIMER("_seconds");

        private final String suffix;

        Kind(String suffix) {
            this.suffix = suffix;
        }
    }

    /** Upper ends of the timers' buckets: from a cached search to a rollout that waits for a backend. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
    };

    private final Kind kind;
    private final String id;
    private final String meaning;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> labels;

    Metric(Kind kind, String id, String meaning, String... labels) {
        this.kind = kind;
        this.id = id;
        this.meaning = meaning;
        this.labels = List.of(labels);
    }

    /** What it is. */
    public Kind kind() {
        return kind;
    }

    /** Its name as Prometheus reads it; that of a timer without the endings of its series. */
    public String series() {
        return id.replace('.', '_') + kind.suffix;
    }

    /** What it says, in a few words. */
    public String meaning() {
        return meaning;
    }

    /** Names of its labels. */
    public List<String> labels() {
        return labels;
    }

    /** Shows a value from now on, in the place of an earlier one with these labels; it may be asked for by any thread. */
    public void gauge(MeterRegistry meters, Supplier<Number> value, String... values) {
        Tags tags = replaced(meters, Kind.GAUGE, values);
        Gauge.builder(id, value).description(meaning).tags(tags).register(meters);
    }

    /** Shows a count that is kept elsewhere, in the place of an earlier one with these labels. */
    public void counter(MeterRegistry meters, Supplier<Number> count, String... values) {
        Tags tags = replaced(meters, Kind.COUNTER, values);
        // The registry holds its object weakly: a supplier that nobody else holds would be collected, and the count
        // stand still.
        FunctionCounter.builder(id, this, metric -> count.get().doubleValue())
                .description(meaning)
                .tags(tags)
                .register(meters);
    }

    /** A count that whoever asks for it keeps here; the same for the same labels. */
    public Counter counted(MeterRegistry meters, String... values) {
        return Counter.builder(id)
                .description(meaning)
                .tags(tags(Kind.COUNTER, values))
                .register(meters);
    }

    /** A histogram of durations; the same for the same labels. */
    public Timer timer(MeterRegistry meters, String... values) {
        return Timer.builder(id)
                .description(meaning)
                .tags(tags(Kind.TIMER, values))
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }

    /** Shows it no more. */
    void remove(MeterRegistry meters, String... values) {
        meters.find(id).tags(tags(kind, values)).meters().forEach(meters::remove);
    }

    private Tags replaced(MeterRegistry meters, Kind as, String... values) {
        Tags tags = tags(as, values);
        remove(meters, values);
        return tags;
    }

    private Tags tags(Kind as, String... values) {
        if (as != kind || values.length != labels.size()) {
            throw new IllegalArgumentException(series() + " is a " + kind + " with the labels " + labels + ", got a "
                    + as + " with " + List.of(values));
        }
        Tags tags = Tags.empty();
        for (int i = 0; i < values.length; i++) {
            tags = tags.and(labels.get(i), values[i]);
        }
        return tags;
    }
}
