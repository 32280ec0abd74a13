package dev.seine.serving.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerUsage;
import dev.seine.event.Passage;
import dev.seine.serving.answers.Answer;
import dev.seine.serving.answers.Citation;
import dev.seine.serving.http.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An answer as OpenAI's Responses: thinking becomes items of type reasoning, a search one of type file_search_call with the passages as its
 * results, the answer a message with annotations of type url_citation. Events and the final object come from the same items. Taking the
 * same events again gives the same numbers, so a reader that comes back can go on where it was.
 */
final class ResponseFormat implements EventStream.Format {
    private final Answer answer;
    private final ArrayNode output = Json.array();
    private final List<Passage> passages = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final long skip;
    private long sequence;
    private @Nullable ObjectNode open;
    private StringBuilder text = new StringBuilder();
    private String status = "queued";
    private @Nullable AnswerEvent last;

    /**
     * A format.
     *
     * @param skip number of events at the beginning that the reader has
     */
    ResponseFormat(Answer answer, long skip) {
        this.answer = answer;
        this.skip = skip;
    }

    @Override
    public List<String> take(AnswerEvent event) {
        lines.clear();
        last = event;
        switch (event.getKind()) {
            case STARTED -> {
                begun();
            }
            case INTERNAL -> reasoning(event.getText());
            case SEARCH -> search(event.getText());
            case PASSAGES -> found(event.getPassages());
            case TEXT -> say(event.getText());
            case FINISHED -> {
                begun();
                finished(event.getFinish());
            }
            case FAILED -> {
                begun();
                closeItem();
                status = event.getFinish().equals("WITHDRAWN") ? "cancelled" : "failed";
                send("response." + (status.equals("failed") ? "failed" : "incomplete"), withResponse());
            }
        }
        return List.copyOf(lines);
    }

    private void begun() {
        if (status.equals("queued")) {
            status = "in_progress";
            send("response.created", withResponse());
            send("response.in_progress", withResponse());
        }
    }

    private void reasoning(String delta) {
        if (opened("reasoning") == null) {
            ObjectNode item = item("reasoning", "rs");
            item.putArray("summary");
            added(item);
            ObjectNode part = Json.object().put("type", "summary_text").put("text", "");
            send(
                    "response.reasoning_summary_part.added",
                    inItem().put("summary_index", 0).set("part", part));
        }
        text.append(delta);
        send(
                "response.reasoning_summary_text.delta",
                inItem().put("summary_index", 0).put("delta", delta));
    }

    private void search(String query) {
        closeItem();
        ObjectNode item = item("file_search_call", "fs").put("status", "in_progress");
        item.putArray("queries").add(query);
        item.putNull("results");
        added(item);
        send("response.file_search_call.in_progress", inItem());
        send("response.file_search_call.searching", inItem());
    }

    private void found(List<Passage> shown) {
        passages.addAll(shown);
        ObjectNode item = opened("file_search_call");
        if (item == null) {
            return; // an empty query: nothing was searched
        }
        ArrayNode results = item.putArray("results");
        shown.forEach(passage -> results.addObject()
                .put("file_id", passage.getId())
                .put("filename", passage.getTitle())
                .put("score", passage.getScore())
                .put("text", passage.getText()));
        send("response.file_search_call.completed", inItem());
        closeItem();
    }

    private void say(String delta) {
        if (opened("message") == null) {
            closeItem();
            ObjectNode item =
                    item("message", "msg").put("status", "in_progress").put("role", "assistant");
            item.putArray("content");
            added(item);
            send("response.content_part.added", inItem().put("content_index", 0).set("part", part("")));
        }
        text.append(delta);
        ObjectNode event = inItem().put("content_index", 0).put("delta", delta);
        event.putArray("logprobs");
        send("response.output_text.delta", event);
    }

    private void finished(String finish) {
        closeItem();
        if (!told()) {
            say(""); // an answer without text is an answer
            closeItem();
        }
        boolean whole = finish.equals("EOS");
        status = whole ? "completed" : "incomplete";
        send("response." + status, withResponse());
    }

    private boolean told() {
        for (JsonNode item : output) {
            if (item.path("type").asText().equals("message")) {
                return true;
            }
        }
        return false;
    }

    private ObjectNode item(String type, String prefix) {
        open = Json.object()
                .put("id", prefix + "_" + answer.id() + "_" + output.size())
                .put("type", type);
        text = new StringBuilder();
        output.add(open);
        return open;
    }

    /** The open item if it is of this type; one of another type is closed. */
    private @Nullable ObjectNode opened(String type) {
        if (open != null && !open.path("type").asText().equals(type)) {
            closeItem();
        }
        return open;
    }

    private void closeItem() {
        ObjectNode item = open;
        if (item == null) {
            return;
        }
        switch (item.path("type").asText()) {
            case "reasoning" -> {
                ObjectNode part = Json.object().put("type", "summary_text").put("text", text.toString());
                send(
                        "response.reasoning_summary_text.done",
                        inItem().put("summary_index", 0).put("text", text.toString()));
                send(
                        "response.reasoning_summary_part.done",
                        inItem().put("summary_index", 0).set("part", part));
                item.putArray("summary").add(part.deepCopy());
            }
            case "message" -> closeMessage(item);
            default -> item.put("status", item.path("results").isNull() ? "failed" : "completed");
        }
        ObjectNode event = Json.object().put("output_index", output.size() - 1);
        event.set("item", item.deepCopy());
        send("response.output_item.done", event);
        open = null;
    }

    private void closeMessage(ObjectNode item) {
        ObjectNode part = part(text.toString());
        ArrayNode annotations = (ArrayNode) part.get("annotations");
        for (Citation citation : Citation.of(text.toString(), passages)) {
            ObjectNode annotation = Json.citation(citation).put("type", "url_citation");
            ObjectNode event = inItem().put("content_index", 0).put("annotation_index", annotations.size());
            event.set("annotation", annotation.deepCopy());
            send("response.output_text.annotation.added", event);
            annotations.add(annotation);
        }
        ObjectNode done = inItem().put("content_index", 0).put("text", text.toString());
        done.putArray("logprobs");
        send("response.output_text.done", done);
        send("response.content_part.done", inItem().put("content_index", 0).set("part", part.deepCopy()));
        item.put("status", "completed").putArray("content").add(part);
    }

    private static ObjectNode part(String text) {
        ObjectNode part = Json.object().put("type", "output_text").put("text", text);
        part.putArray("annotations");
        part.putArray("logprobs");
        return part;
    }

    private void added(ObjectNode item) {
        ObjectNode event = Json.object().put("output_index", output.size() - 1);
        event.set("item", item.deepCopy());
        send("response.output_item.added", event);
    }

    private ObjectNode inItem() {
        ObjectNode item = Objects.requireNonNull(open, "no item is open");
        return Json.object().put("item_id", item.path("id").asText()).put("output_index", output.size() - 1);
    }

    private ObjectNode withResponse() {
        ObjectNode event = Json.object();
        event.set("response", response());
        return event;
    }

    private void send(String type, ObjectNode event) {
        event.put("type", type).put("sequence_number", sequence);
        if (sequence >= skip) {
            lines.add(EventStream.event(type, Json.text(event)));
        }
        sequence++;
    }

    /** The answer as far as it was taken. */
    ObjectNode response() {
        ObjectNode body = Json.object()
                .put("id", answer.id())
                .put("object", "response")
                .put("created_at", answer.askedAtMs() / 1000)
                .put("status", status)
                .put("model", answer.model());
        if (status.equals("failed")) {
            ApiError error = ChatFormat.failure(Objects.requireNonNull(last, "no event was taken yet"));
            body.set("error", Json.tree(Map.of("code", "server_error", "message", String.valueOf(error.getMessage()))));
        } else {
            body.putNull("error");
        }
        if (status.equals("incomplete")) {
            body.putObject("incomplete_details").put("reason", "max_output_tokens");
        } else {
            body.putNull("incomplete_details");
        }
        body.putNull("instructions").putNull("temperature").putNull("top_p");
        body.putObject("metadata");
        body.putArray("tools");
        body.put("tool_choice", "auto").put("parallel_tool_calls", false);
        body.set("output", output.deepCopy());
        AnswerUsage used = last == null ? null : last.getUsage();
        body.set("usage", used == null ? null : usage(used));
        body.set(
                "seine",
                Json.extra(
                        answer,
                        last == null ? -1 : last.getPolicyVersion(),
                        used,
                        last == null ? "" : last.getFinish()));
        return body;
    }

    private static ObjectNode usage(AnswerUsage usage) {
        int read = usage.getPromptTokens() + usage.getDocumentTokens();
        ObjectNode node = Json.object()
                .put("input_tokens", read)
                .put("output_tokens", usage.getSampledTokens())
                .put("total_tokens", read + usage.getSampledTokens());
        node.putObject("input_tokens_details").put("cached_tokens", 0);
        node.putObject("output_tokens_details").put("reasoning_tokens", 0);
        return node;
    }
}
