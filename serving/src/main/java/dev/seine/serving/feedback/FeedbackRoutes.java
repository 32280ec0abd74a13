package dev.seine.serving.feedback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.event.Feedback;
import dev.seine.event.Verdict;
import dev.seine.serving.http.ApiError;
import dev.seine.serving.http.Body;
import dev.seine.serving.http.Caller;
import dev.seine.serving.http.Routes;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /v1/feedback}: writes what a caller says of an answer, and takes it back. Whether such an answer exists, and whether its window is
 * still open, is found out where feedback is joined: what is written here is accepted, not yet counted. An answer's id is
 * random and told to its asker only, so who knows it may judge it.
 */
public final class FeedbackRoutes implements Routes {
    private static final Logger LOG = LoggerFactory.getLogger(FeedbackRoutes.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_ID = 200;

    private final EventProducer producer;
    private final int maxCorrectionChars;
    private final int maxCommentChars;
    private final InstantSource clock;

    /**
     * Writes through this producer, which is closed with it.
     *
     * @param maxCorrectionChars longest corrected answer
     * @param maxCommentChars longest comment
     */
    public FeedbackRoutes(EventProducer producer, int maxCorrectionChars, int maxCommentChars, InstantSource clock) {
        this.producer = producer;
        this.maxCorrectionChars = maxCorrectionChars;
        this.maxCommentChars = maxCommentChars;
        this.clock = clock;
    }

    @Override
    public void add(RoutesConfig routes) {
        routes.post("/v1/feedback", this::say);
        routes.delete("/v1/feedback/{answer}", this::takeBack);
    }

    private void say(Context ctx) {
        ObjectNode body = Body.read(ctx, largest());
        String id = id(text(body, "answer_id", LONGEST_ID));
        Verdict verdict = verdict(text(body, "verdict", 20));
        String correction = text(body, "correction", maxCorrectionChars).strip();
        if (verdict == Verdict.CORRECTED && correction.isEmpty()) {
            throw ApiError.invalid("correction", "a corrected answer must not be empty");
        }
        String comment = text(body, "comment", maxCommentChars).strip();
        if (verdict == Verdict.COMMENT && comment.isEmpty()) {
            throw ApiError.invalid("comment", "a comment must not be empty");
        }
        Feedback said = Feedback.newBuilder()
                .setAnswerId(id)
                .setVerdict(verdict)
                .setCorrection(verdict == Verdict.CORRECTED ? correction : "")
                .setComment(comment)
                .setBy(Caller.of(ctx).id())
                .setAtMs(clock.millis())
                .build();
        written(() -> producer.send(Topics.FEEDBACK, id, said).join());
        answer(ctx.status(202), "feedback", id, "verdict", verdict.name().toLowerCase(Locale.ROOT));
    }

    private void takeBack(Context ctx) {
        String id = id(ctx.pathParam("answer"));
        written(() -> producer.delete(Topics.FEEDBACK, id).join());
        answer(ctx, "feedback.deleted", id, "deleted", "true");
    }

    @Override
    public void close() {
        producer.close();
    }

    /** JSON may write a character as six. */
    private int largest() {
        return 6 * (maxCorrectionChars + maxCommentChars + LONGEST_ID) + 1_024;
    }

    private static String id(String id) {
        if (id.isBlank() || id.length() > LONGEST_ID || id.chars().anyMatch(Character::isISOControl)) {
            throw ApiError.invalid("answer_id", "answer_id must be the id of an answer, as answers carry it");
        }
        return id;
    }

    private static Verdict verdict(String word) {
        List<String> known = Arrays.stream(Verdict.values())
                .map(verdict -> verdict.name().toLowerCase(Locale.ROOT))
                .toList();
        if (!known.contains(word)) {
            throw ApiError.invalid("verdict", "verdict must be one of " + String.join(", ", known));
        }
        return Verdict.valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** A text field; empty if it is not there. */
    private static String text(ObjectNode body, String field, int longest) {
        JsonNode node = body.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return "";
        }
        if (!node.isTextual()) {
            throw ApiError.invalid(field, field + " must be a text");
        }
        if (node.textValue().length() > longest) {
            throw ApiError.invalid(
                    field,
                    field + " may have " + longest + " characters, got "
                            + node.textValue().length());
        }
        return node.textValue();
    }

    private static void written(Runnable write) {
        try {
            write.run();
        } catch (CompletionException | org.apache.kafka.common.KafkaException e) {
            LOG.error("feedback could not be written", e);
            throw ApiError.unavailable("the feedback could not be written; try again");
        }
    }

    private static void answer(Context ctx, String object, String id, String field, String value) {
        ObjectNode body = JSON.createObjectNode().put("object", object).put("answer_id", id);
        if (value.equals("true")) {
            body.put(field, true);
        } else {
            body.put(field, value);
        }
        ctx.contentType("application/json").result(body.toString());
    }
}
