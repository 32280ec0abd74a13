package dev.seine.producers.questions;

import dev.seine.event.Question;
import dev.seine.event.WeightsPublished;
import dev.seine.producers.LatestWeights;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Metric;
import dev.seine.topics.Role;
import dev.seine.topics.Topics;
import io.micrometer.core.instrument.Counter;
import java.time.Clock;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Publishes questions in training order, seq 0, 1, 2 and so on without gaps or doubles, as long as there is one
 * publisher. A seq is published once the learner is at most {@code maxStaleness} steps from consuming it, and never before
 * the first weights are. After a crash it reads from the log which seqs are there and publishes those missing.
 *
 * <p>Questions that feedback has made take places of the order, in the order they came and each once: the planned question
 * of such a place is left out and comes again in the next epoch. So every seq has one question, whatever people say and when.
 */
public final class QuestionPublisher implements Role {
    private static final String NAME = "publisher";
    private static final int MOST_PER_STEP = 500;

    private final List<QuestionDraft> drafts;
    private final PublisherConfig config;
    private final TrainingOrder order;
    private final Clock clock;
    private final Clients clients;
    private final LatestWeights weights;
    private final EventProducer producer;
    private final FeedbackQuestions feedback;
    private BitSet inLog = new BitSet();
    private final Counter published;
    private volatile long next = -1;

    /** Publishes these questions for this policy's learner. */
    public QuestionPublisher(
            Clients clients, String policy, List<QuestionDraft> drafts, PublisherConfig config, Clock clock) {
        this.drafts = List.copyOf(drafts);
        this.config = config;
        this.order = new TrainingOrder(config.seed(), drafts.size());
        this.clock = clock;
        this.clients = clients;
        this.weights = new LatestWeights(clients, policy, NAME);
        this.producer = clients.producer(NAME);
        this.published = Metric.QUESTIONS_PUBLISHED.counted(clients.telemetry().meters());
        Metric.QUESTIONS_SEQ.gauge(clients.telemetry().meters(), this::next);
        this.feedback = new FeedbackQuestions(clients, NAME);
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Publishes what is admitted, at most 500 questions; returns how many. */
    @Override
    public int step() {
        Optional<WeightsPublished> latest = weights.poll();
        if (latest.isEmpty()) {
            return 0;
        }
        long version = latest.get().getVersion();
        if (next < 0) {
            feedback.readAgain();
            inLog = published();
            // The learner has consumed all below: they may be gone from the log and are not wanted again.
            next = version * config.questionsPerStep();
        }
        if (config.feedbackPerStep() > 0) {
            feedback.poll();
        }
        try {
            return publish(config.admitted(version));
        } catch (RuntimeException e) {
            // Some of them may be written: the next step looks into the log.
            next = -1;
            throw e;
        }
    }

    /** The seq that is published next; -1 before the first weights. */
    public long next() {
        return next;
    }

    @Override
    public void close() {
        try (producer;
                feedback) {
            weights.close();
        }
    }

    private int publish(long end) {
        int sent = 0;
        long seq = next;
        for (; seq < end && sent < MOST_PER_STEP; seq++) {
            if (!inLog.get(Math.toIntExact(seq))) {
                Question question = question(seq);
                producer.send(Topics.QUESTIONS, question.getId(), question);
                sent++;
            }
        }
        next = seq;
        if (sent > 0) {
            producer.flush();
            published.increment(sent);
        }
        return sent;
    }

    private Question question(long seq) {
        Optional<Question> said = config.freeForFeedback(seq) ? feedback.next() : Optional.empty();
        return said.isPresent() ? placed(Question.newBuilder(said.get()), seq) : planned(seq);
    }

    private Question planned(long seq) {
        QuestionDraft draft = drafts.get(order.index(seq));
        return placed(
                Question.newBuilder()
                        .setId(draft.id())
                        .setText(draft.text())
                        .setAnswers(draft.answers())
                        .setSource(draft.source())
                        .setSplit(draft.split())
                        .setHops(draft.hops()),
                seq);
    }

    private Question placed(Question.Builder question, long seq) {
        return question.setSeq(seq)
                .setEpoch(order.epoch(seq))
                .setGroupSize(config.groupSize())
                .setClosedBook(config.closedBook())
                .setAtMs(clock.millis())
                .build();
    }

    /** Seqs in the log, from its first record to its present end. */
    private BitSet published() {
        BitSet seqs = new BitSet();
        try (EventConsumer<Question> log = clients.assign(Topics.QUESTIONS, NAME)) {
            Map<Integer, Long> end = log.endOffsets();
            while (!log.reached(end)) {
                for (Event<Question> event : log.poll(Duration.ofMillis(100))) {
                    if (event.value().getSeq() >= 0) {
                        feedback.published(event.value().getId());
                        seqs.set(Math.toIntExact(event.value().getSeq()));
                    }
                }
            }
        }
        return seqs;
    }
}
