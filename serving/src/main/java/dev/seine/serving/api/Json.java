package dev.seine.serving.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.event.AnswerUsage;
import dev.seine.event.Passage;
import dev.seine.serving.answers.Answer;
import dev.seine.serving.answers.Citation;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What both interfaces write alike. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    static String text(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is JSON", e);
        }
    }

    static ObjectNode tree(Map<String, Object> body) {
        return MAPPER.valueToTree(body);
    }

    static void answer(Context ctx, JsonNode body) {
        ctx.contentType("application/json").result(text(body));
    }

    static ArrayNode passages(List<Passage> passages) {
        ArrayNode list = array();
        passages.forEach(passage -> list.addObject()
                .put("id", passage.getId())
                .put("title", passage.getTitle())
                .put("text", passage.getText())
                .put("score", passage.getScore()));
        return list;
    }

    static ObjectNode citation(Citation citation) {
        return object().put("start_index", citation.start())
                .put("end_index", citation.end())
                .put("url", citation.url())
                .put("title", citation.passage().getTitle());
    }

    /**
     * What an answer says beyond OpenAI's interface: whose it is, and what it took.
     *
     * @param usage null as long as it is not over
     */
    static ObjectNode extra(Answer answer, long version, @Nullable AnswerUsage usage, String finish) {
        ObjectNode extra = object().put("answer_id", answer.id())
                .put("policy", answer.model())
                .put("policy_version", version)
                .put("finish", finish);
        if (usage != null) {
            extra.put("searches", usage.getSearches()).put("document_tokens", usage.getDocumentTokens());
            extra.putObject("latency_ms")
                    .put("queued", usage.getQueuedMs())
                    .put("generate", usage.getGenerateMs())
                    .put("retrieve", usage.getRetrieveMs())
                    .put("total", usage.getTotalMs());
        }
        return extra;
    }
}
