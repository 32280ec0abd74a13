package dev.seine.serving.answers;

import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.event.Question;
import dev.seine.schemas.LiveQuestions;
import dev.seine.schemas.Markup;
import dev.seine.serving.http.ApiError;
import dev.seine.serving.http.Caller;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Role;
import dev.seine.topics.Telemetry;
import dev.seine.topics.Topics;
import dev.seine.topics.Trace;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks questions and follows their answers. An answer is followed from before its question is written, so none of its events is missed.
 * Asking is safe for use by many threads; {@link #step} belongs to one.
 */
public final class Answers implements Role {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final Duration WAIT = Duration.ofMillis(50);
    private static final int ID_BYTES = 16;
    /** Answers given up by their asker that nobody has ended: the generators are away. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final String name;
    private final AnswerConfig config;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final EventConsumer<AnswerEvent> log;
    private final EventProducer producer;
    private final Telemetry telemetry;
    private final AnswerMeters meters;
    /** In the order they were asked. */
    private final Map<String, Answer> answers = new LinkedHashMap<>();

    private int open;

    /** Follows all answers of the cluster from now on. */
    public Answers(Clients clients, String name, AnswerConfig config, Clock clock) {
        this.name = name;
        this.config = config;
        this.clock = clock;
        this.telemetry = clients.telemetry();
        this.meters = new AnswerMeters(telemetry, this::open);
        this.producer = clients.producer(name);
        this.log = clients.assign(Topics.ANSWER_EVENTS, name);
        log.seekToEnd();
        log.positions(); // the end of now, not that of the first poll
    }

    /** Settings. */
    public AnswerConfig config() {
        return config;
    }

    @Override
    public String name() {
        return name;
    }

    /** Hands on what has come; waits a moment for it. */
    @Override
    public int step() {
        int work = 0;
        for (Event<AnswerEvent> event : log.poll(WAIT)) {
            find(event.value().getAnswerId()).ifPresent(answer -> add(answer, event.value()));
            work++;
        }
        return work + giveUp();
    }

    private void add(Answer answer, AnswerEvent event) {
        boolean wasOver = answer.over();
        try {
            take(answer, event);
        } catch (IllegalStateException e) {
            LOG.error("{} is given up", answer.id(), e);
            take(answer, failed(answer, "ERROR", "a part of the answer was lost"));
        }
        if (answer.over() && !wasOver) {
            closed();
        }
    }

    private void take(Answer answer, AnswerEvent event) {
        if (answer.add(event)) {
            meters.came(answer, event, clock.millis());
        }
    }

    private AnswerEvent failed(Answer answer, String finish, String cause) {
        return AnswerEvent.newBuilder()
                .setAnswerId(answer.id())
                .setQuestionId(answer.id())
                .setIndex(answer.events().size())
                .setKind(AnswerEventKind.FAILED)
                .setText(cause)
                .setFinish(finish)
                .setAtMs(clock.millis())
                .build();
    }

    private synchronized void closed() {
        open--;
    }

    private synchronized int open() {
        return open;
    }

    /** Ends answers whose time has passed by more than generators need to say so themselves. */
    private int giveUp() {
        long late = clock.millis() - GRACE.toMillis();
        int given = 0;
        for (Answer answer : overdue(late)) {
            LOG.warn("{}: no generator has ended it; is one running?", answer.id());
            add(answer, failed(answer, "TIMEOUT", "no answer before the deadline"));
            given++;
        }
        return given;
    }

    private synchronized List<Answer> overdue(long late) {
        return open == 0
                ? List.of()
                : answers.values().stream()
                        .filter(answer -> !answer.over() && answer.deadlineMs() < late)
                        .toList();
    }

    /**
     * Asks.
     *
     * @param model the policy
     * @param maxTokens tokens that may be sampled, at least 1
     * @param from the trace that the asker is in; if there is none, the question begins one
     * @throws ApiError if the text is no question, or too many answers are under way
     */
    public Answer ask(
            Caller caller, String model, String text, OptionalDouble temperature, OptionalInt maxTokens, Trace from) {
        if (text.length() > config.maxQuestionChars()) {
            throw ApiError.invalid(
                    "input", "a question may have " + config.maxQuestionChars() + " characters, got " + text.length());
        }
        if (Markup.sanitise(text).isBlank()) {
            throw ApiError.invalid("input", "the question is empty");
        }
        long now = clock.millis();
        Trace trace = from.id().isEmpty() ? telemetry.begin("question") : from;
        Answer answer = new Answer(
                newId(), caller.id(), model, now, now + config.deadline().toMillis(), trace);
        register(answer);
        try {
            Question question = question(answer, text, temperature, maxTokens);
            trace.within(() -> producer.send(Topics.QUESTIONS, answer.id(), question));
            producer.flush();
        } catch (RuntimeException e) {
            forget(answer);
            LOG.error("{}: the question could not be written", answer.id(), e);
            throw ApiError.unavailable("the question could not be passed on; try again");
        }
        meters.asked();
        return answer;
    }

    private static Question question(Answer answer, String text, OptionalDouble temperature, OptionalInt maxTokens) {
        return Question.newBuilder()
                .setId(answer.id())
                .setText(text)
                .setSource(LiveQuestions.SOURCE)
                .setPolicy(answer.model())
                .setTemperature(temperature.isPresent() ? (float) temperature.getAsDouble() : null)
                .setMaxTokens(maxTokens.orElse(0))
                .setDeadlineMs(answer.deadlineMs())
                .setAtMs(answer.askedAtMs())
                .build();
    }

    /** Takes a question back, if its answer is not over: its asker has gone. */
    public void withdraw(Answer answer) {
        if (!answer.over()) {
            Question gone = Question.newBuilder(question(answer, "-", OptionalDouble.empty(), OptionalInt.empty()))
                    .setWithdrawn(true)
                    .build();
            answer.trace().within(() -> producer.send(Topics.QUESTIONS, answer.id(), gone));
        }
    }

    /** Somebody follows an answer from now on. */
    public void readerCame() {
        meters.readers().incrementAndGet();
    }

    /** Who followed an answer does so no more. */
    public void readerGone() {
        meters.readers().decrementAndGet();
    }

    /** An answer that this caller has asked for here; one of somebody else is as good as none. */
    public Optional<Answer> find(Caller caller, String id) {
        return find(id).filter(answer -> answer.asker().equals(caller.id()));
    }

    private synchronized Optional<Answer> find(String id) {
        return Optional.ofNullable(answers.get(id));
    }

    private synchronized void register(Answer answer) {
        if (open >= config.maxOpen()) {
            throw ApiError.unavailable("too many answers are under way; try again in a moment");
        }
        for (Iterator<Answer> oldest = answers.values().iterator(); answers.size() >= config.kept(); ) {
            if (oldest.next().over()) {
                oldest.remove();
            }
        }
        answers.put(answer.id(), answer);
        open++;
    }

    private synchronized void forget(Answer answer) {
        answers.remove(answer.id());
        open--;
    }

    private String newId() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return "ans_" + HexFormat.of().formatHex(bytes);
    }

    @Override
    public void close() {
        try (producer) {
            log.close();
        }
    }
}
