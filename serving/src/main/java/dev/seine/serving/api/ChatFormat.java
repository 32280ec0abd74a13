package dev.seine.serving.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.event.AnswerUsage;
import dev.seine.event.Passage;
import dev.seine.serving.answers.Answer;
import dev.seine.serving.answers.Citation;
import dev.seine.serving.http.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An answer as a chat completion. The content is the answer's text alone; the way to it stands in {@code reasoning_content} and, its searches, in {@code seine}, which OpenAI's clients pass over.
 */
final class ChatFormat implements EventStream.Format {
    private final Answer answer;
    private final boolean wantsUsage;
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final ArrayNode steps = Json.array();
    private final List<Passage> passages = new ArrayList<>();
    private @Nullable AnswerEvent last;

    ChatFormat(Answer answer, boolean wantsUsage) {
        this.answer = answer;
        this.wantsUsage = wantsUsage;
    }

    @Override
    public List<String> take(AnswerEvent event) {
        last = event;
        return switch (event.getKind()) {
            case STARTED -> List.of(chunk(Json.object().put("role", "assistant").put("content", ""), null, null));
            case INTERNAL -> {
                reasoning.append(event.getText());
                yield List.of(chunk(Json.object().put("reasoning_content", event.getText()), null, null));
            }
            case SEARCH -> {
                ObjectNode step = step("search").put("query", event.getText());
                yield List.of(chunk(Json.object(), null, Json.object().set("step", step)));
            }
            case PASSAGES -> {
                passages.addAll(event.getPassages());
                ObjectNode step = step("passages").set("passages", Json.passages(event.getPassages()));
                yield List.of(chunk(Json.object(), null, Json.object().set("step", step)));
            }
            case TEXT -> {
                content.append(event.getText());
                yield List.of(chunk(Json.object().put("content", event.getText()), null, null));
            }
            case FINISHED -> finished(event);
            case FAILED -> List.of(EventStream.data(Json.text(error(event))), EventStream.data("[DONE]"));
        };
    }

    private List<String> finished(AnswerEvent event) {
        List<String> lines = new ArrayList<>();
        ObjectNode delta = Json.object();
        if (!citations().isEmpty()) {
            delta.set("annotations", annotations());
        }
        lines.add(chunk(delta, reason(event), extra()));
        if (wantsUsage) {
            ObjectNode chunk = head("chat.completion.chunk");
            chunk.putArray("choices");
            chunk.set("usage", usage(event.getUsage()));
            lines.add(EventStream.data(Json.text(chunk)));
        }
        lines.add(EventStream.data("[DONE]"));
        return lines;
    }

    /** The whole of an answer whose last event was taken. */
    ObjectNode completion() {
        AnswerEvent last = last();
        if (last.getKind() == AnswerEventKind.FAILED) {
            throw failure(last);
        }
        ObjectNode message = Json.object().put("role", "assistant").put("content", content.toString());
        message.putNull("refusal");
        message.put("reasoning_content", reasoning.toString());
        message.set("annotations", annotations());
        ObjectNode body = head("chat.completion");
        ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
        choice.set("message", message);
        choice.putNull("logprobs");
        choice.put("finish_reason", reason(last));
        body.set("usage", usage(last.getUsage()));
        ObjectNode extra = extra();
        extra.set("steps", steps);
        body.set("seine", extra);
        return body;
    }

    /** What a failed answer is told as. */
    static ApiError failure(AnswerEvent failed) {
        return switch (failed.getFinish()) {
            case "TIMEOUT" -> ApiError.late(failed.getText());
            case "REFUSED" -> ApiError.invalid("input", "this question cannot be answered: " + failed.getText());
            default -> ApiError.failed("the answer failed: " + failed.getText());
        };
    }

    private static ObjectNode error(AnswerEvent failed) {
        return Json.tree(failure(failed).body());
    }

    private String chunk(ObjectNode delta, @Nullable String finish, @Nullable ObjectNode extra) {
        ObjectNode chunk = head("chat.completion.chunk");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.put("finish_reason", finish);
        if (extra != null) {
            chunk.set("seine", extra);
        }
        return EventStream.data(Json.text(chunk));
    }

    private ObjectNode head(String object) {
        return Json.object()
                .put("id", answer.id())
                .put("object", object)
                .put("created", answer.askedAtMs() / 1000)
                .put("model", answer.model())
                .put("system_fingerprint", answer.model() + "@v" + last().getPolicyVersion());
    }

    private ObjectNode step(String kind) {
        return steps.addObject().put("kind", kind);
    }

    private AnswerEvent last() {
        return Objects.requireNonNull(last, "no event was taken yet");
    }

    private ObjectNode extra() {
        AnswerEvent last = last();
        return Json.extra(answer, last.getPolicyVersion(), last.getUsage(), last.getFinish());
    }

    private List<Citation> citations() {
        return Citation.of(content.toString(), passages);
    }

    private ArrayNode annotations() {
        ArrayNode list = Json.array();
        citations()
                .forEach(citation ->
                        list.addObject().put("type", "url_citation").set("url_citation", Json.citation(citation)));
        return list;
    }

    private static String reason(AnswerEvent event) {
        return event.getFinish().equals("EOS") ? "stop" : "length";
    }

    /** Prompt and inserted passages are what the policy read; the rest it wrote. */
    private static ObjectNode usage(AnswerUsage usage) {
        int read = usage.getPromptTokens() + usage.getDocumentTokens();
        return Json.object()
                .put("prompt_tokens", read)
                .put("completion_tokens", usage.getSampledTokens())
                .put("total_tokens", read + usage.getSampledTokens());
    }
}
