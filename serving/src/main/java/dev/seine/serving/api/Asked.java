package dev.seine.serving.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.serving.http.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for. The policy answers single questions: of a conversation the last text of the user is taken, and nothing before it.
 *
 * @param model the policy
 * @param question text of the question
 * @param stream whether it is wanted as events
 * @param temperature sampling temperature; empty for the service's own
 * @param maxTokens tokens that may be sampled; empty for as many as the generators' own limit allows
 */
record Asked(String model, String question, boolean stream, OptionalDouble temperature, OptionalInt maxTokens) {
    private static final double HOTTEST = 2;

    /**
     * Reads a request.
     *
     * @param field where the conversation is: a text, or messages with a role and a content
     * @param limits where the largest number of tokens may be; the first that is there counts
     */
    static Asked of(ObjectNode body, String field, String... limits) {
        return new Asked(
                text(body, "model"),
                question(body.get(field), field),
                flag(body, "stream"),
                temperature(body),
                maxTokens(body, limits));
    }

    /** A flag that may be left out. */
    static boolean flag(JsonNode body, String name) {
        JsonNode value = body.get(name);
        if (value == null || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw ApiError.invalid(name, name + " must be true or false");
        }
        return value.booleanValue();
    }

    private static String text(JsonNode body, String name) {
        JsonNode value = body.get(name);
        if (value == null || !value.isTextual() || value.textValue().isBlank()) {
            throw ApiError.invalid(name, name + " must be a text");
        }
        return value.textValue();
    }

    private static OptionalDouble temperature(JsonNode body) {
        JsonNode value = body.get("temperature");
        if (value == null || value.isNull()) {
            return OptionalDouble.empty();
        }
        if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= HOTTEST)) {
            throw ApiError.invalid("temperature", "temperature must be a number from 0 to 2");
        }
        return OptionalDouble.of(value.doubleValue());
    }

    /** Nobody's answers are longer than an int can say. */
    private static OptionalInt maxTokens(JsonNode body, String... names) {
        for (String name : names) {
            JsonNode value = body.get(name);
            if (value == null || value.isNull()) {
                continue;
            }
            if (!value.isIntegralNumber() || value.bigIntegerValue().signum() < 1) {
                throw ApiError.invalid(name, name + " must be a whole number from 1 on");
            }
            return OptionalInt.of(value.canConvertToInt() ? value.intValue() : Integer.MAX_VALUE);
        }
        return OptionalInt.empty();
    }

    private static String question(@Nullable JsonNode value, String field) {
        if (value != null && value.isTextual()) {
            return value.textValue();
        }
        if (value == null || !value.isArray() || value.isEmpty()) {
            throw ApiError.invalid(field, field + " must hold at least one message");
        }
        for (int i = value.size() - 1; i >= 0; i--) {
            JsonNode message = value.get(i);
            if (!message.isObject()) {
                throw ApiError.invalid(field, field + "[" + i + "] must be a message");
            }
            if (message.path("role").asText().equals("user")) {
                return content(message.get("content"), field + "[" + i + "].content");
            }
        }
        throw ApiError.invalid(field, field + " holds no message of role user");
    }

    private static String content(@Nullable JsonNode content, String where) {
        if (content != null && content.isTextual()) {
            return content.textValue();
        }
        if (content == null || !content.isArray()) {
            throw ApiError.invalid(where, where + " must be a text or parts of text");
        }
        List<String> parts = new ArrayList<>();
        for (JsonNode part : content) {
            if (!part.path("text").isTextual()) {
                throw ApiError.invalid(where, where + ": only parts of text can be answered");
            }
            parts.add(part.path("text").textValue());
        }
        return String.join("\n", parts);
    }
}
