package dev.seine.streams.feedback;

import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.event.Feedback;
import dev.seine.event.Question;
import dev.seine.event.Verdict;
import dev.seine.schemas.LiveQuestions;
import dev.seine.streams.Decoding;
import dev.seine.streams.Rejections;
import dev.seine.streams.TopicSerdes;
import dev.seine.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Joins feedback with the answer it is about, in whatever order the two come. The last word on an answer counts; the same word
 * again changes nothing. All times are those that stand in the events, so that the same log gives the same result.
 */
final class FeedbackJoin implements Processor<byte[], byte[], String, Object> {
    static final String NAME = "join-feedback";
    static final String SINK = "write-feedback-questions";

    /** The two topics may be read at different paces by about this much. */
    private static final Duration SLACK = Duration.ofMinutes(10);

    private final FeedbackConfig config;
    private final FeedbackCounters counters;
    private final Rejections rejections;
    private final Decoding<Question> questions;
    private final Decoding<AnswerEvent> answers;
    private final Decoding<Feedback> feedback;
    private ProcessorContext<String, Object> context;
    private FeedbackStores stores;

    FeedbackJoin(FeedbackConfig config, TopicSerdes serdes, FeedbackCounters counters) {
        this.config = config;
        this.counters = counters;
        rejections = new Rejections(FeedbackTopology.ROLE, Topics.FEEDBACK, counters.rejected::increment);
        questions = new Decoding<>(Topics.QUESTIONS, "question", "question id", serdes);
        answers = new Decoding<>(Topics.ANSWER_EVENTS, "step of an answer", "answer id", serdes);
        feedback = new Decoding<>(Topics.FEEDBACK, "feedback event", "answer id", serdes);
    }

    @Override
    public void init(ProcessorContext<String, Object> context) {
        this.context = context;
        stores = new FeedbackStores(context);
        context.schedule(config.window().dividedBy(10), PunctuationType.STREAM_TIME, this::forget);
    }

    @Override
    public void process(Record<byte[], byte[]> in) {
        String topic = context.recordMetadata().orElseThrow().topic();
        try {
            if (topic.equals(Topics.FEEDBACK.name())) {
                onFeedback(in);
            } else if (topic.equals(Topics.ANSWER_EVENTS.name())) {
                onAnswer(in);
            } else {
                onQuestion(in);
            }
        } catch (Decoding.Unreadable e) {
            if (topic.equals(Topics.FEEDBACK.name())) {
                counters.received.increment();
                reject(in, String.valueOf(e.getMessage()));
            } // else it is refused by those who read it for their work
        }
    }

    /** A question that is asked live has one answer, of the same id. */
    private void onQuestion(Record<byte[], byte[]> in) throws Decoding.Unreadable {
        if (LiveQuestions.includes(questions.value(in))) {
            stores.asked.putIfAbsent(questions.key(in), in.value());
        }
    }

    /** An answer ends once: should it be told again, the first end holds. */
    private void onAnswer(Record<byte[], byte[]> in) throws Decoding.Unreadable {
        String id = answers.key(in);
        AnswerEvent step = answers.value(in);
        AnswerEventKind kind = step.getKind();
        if (kind == AnswerEventKind.TEXT) {
            stores.text.put(id, (text(id) + step.getText()).getBytes(StandardCharsets.UTF_8));
        } else if ((kind == AnswerEventKind.FINISHED || kind == AnswerEventKind.FAILED)
                && stores.ended.putIfAbsent(id, in.value()) == null) {
            byte[] waiting = stores.said.get(id);
            if (waiting != null) {
                stores.said.delete(id);
                judge(in.withValue(waiting), id, feedback.value(waiting));
            }
        }
    }

    private void onFeedback(Record<byte[], byte[]> in) throws Decoding.Unreadable {
        String id = feedback.key(in);
        if (in.value() == null) {
            delete(in, id);
            return;
        }
        Feedback said = feedback.value(in);
        counters.received.increment();
        Optional<String> fault = fault(id, said);
        byte[] before = stores.said.get(id);
        boolean ended = stores.ended.get(id) != null;
        if (fault.isPresent()) {
            reject(in, fault.get());
        } else if (before != null && same(feedback.value(before), said)) {
            counters.repeated.increment();
        } else if (ended) {
            judge(in, id, said);
        } else {
            if (before != null) {
                counters.superseded.increment();
            }
            stores.said.put(id, in.value());
        }
    }

    /** The answer has ended. */
    private void judge(Record<byte[], byte[]> in, String id, Feedback said) {
        AnswerEvent end = answers.value(stores.ended.get(id));
        byte[] asked = stores.asked.get(id);
        long lateMs = said.getAtMs() - end.getAtMs() - config.window().toMillis();
        if (end.getKind() == AnswerEventKind.FAILED || asked == null || lateMs > 0) {
            String why = end.getKind() == AnswerEventKind.FAILED
                    ? "this answer failed: there is nothing to judge"
                    : lateMs > 0
                            ? "it came " + Duration.ofMillis(lateMs) + " after the window of " + config.window()
                                    + " had closed"
                            : "what was asked is not known";
            reject(in, "feedback '" + id + "': " + why);
            return;
        }
        counters.joined.increment();
        stores.said.put(id, in.value());
        Optional<Question> lesson =
                Lesson.of(config.use(), questions.value(asked).getText(), text(id), said);
        if (lesson.isPresent()) {
            counters.made.increment();
            stores.made.put(id, new byte[0]);
            context.forward(new Record<>(id, lesson.get(), in.timestamp()), SINK);
        } else if (stores.made.get(id) != null) {
            withdraw(in, id);
        }
    }

    private String text(String id) {
        byte[] soFar = stores.text.get(id);
        return soFar == null ? "" : new String(soFar, StandardCharsets.UTF_8);
    }

    /** What was made of it goes too, whether or not the answer is still remembered. */
    private void delete(Record<byte[], byte[]> in, String id) {
        counters.deleted.increment();
        if (stores.said.get(id) != null && stores.ended.get(id) == null) {
            counters.superseded.increment();
        }
        stores.said.delete(id);
        withdraw(in, id);
    }

    private void withdraw(Record<byte[], byte[]> in, String id) {
        counters.withdrawn.increment();
        stores.made.delete(id);
        context.forward(new Record<>(id, null, in.timestamp()), SINK);
    }

    private Optional<String> fault(String id, Feedback said) {
        String fault = null;
        if (!said.getAnswerId().equals(id)) {
            fault = "answer id must be the key, got '" + said.getAnswerId() + "'";
        } else if (said.getCorrection().length() > config.maxCorrectionChars()) {
            fault = "correction must have at most " + config.maxCorrectionChars() + " characters, got "
                    + said.getCorrection().length();
        } else if (said.getComment().length() > config.maxCommentChars()) {
            fault = "comment must have at most " + config.maxCommentChars() + " characters, got "
                    + said.getComment().length();
        } else if (said.getVerdict() == Verdict.CORRECTED
                && said.getCorrection().isBlank()) {
            fault = "a corrected answer must not be empty";
        }
        return Optional.ofNullable(fault).map(why -> "feedback '" + id + "': " + why);
    }

    private static boolean same(Feedback a, Feedback b) {
        return a.getVerdict() == b.getVerdict()
                && a.getCorrection().equals(b.getCorrection())
                && a.getComment().equals(b.getComment());
    }

    /** Answers whose window has closed go; feedback that waited for an answer in vain is refused. */
    private void forget(long streamMs) {
        long before = streamMs - config.window().plus(SLACK).toMillis();
        FeedbackStores.each(stores.said, (id, bytes) -> {
            Feedback said = feedback.value(bytes);
            if (said.getAtMs() < before && stores.ended.get(id) == null) {
                stores.said.delete(id);
                reject(
                        new Record<>(id.getBytes(StandardCharsets.UTF_8), bytes, said.getAtMs()),
                        "feedback '" + id + "': no answer of this id has ended, or it is forgotten");
            }
        });
        FeedbackStores.each(stores.asked, (id, bytes) -> {
            if (questions.value(bytes).getAtMs() < before && stores.ended.get(id) == null) {
                stores.forget(id);
            }
        });
        FeedbackStores.each(stores.ended, (id, bytes) -> {
            if (answers.value(bytes).getAtMs() < before) {
                stores.forget(id);
            }
        });
    }

    /** Without its bytes: whoever has their feedback deleted must not leave a copy there. The origin says where it lies. */
    private void reject(Record<byte[], byte[]> in, String cause) {
        context.forward(rejections.of(context.recordMetadata(), in.withValue(null), cause), Rejections.SINK);
    }
}
