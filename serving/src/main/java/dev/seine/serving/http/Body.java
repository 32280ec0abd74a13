package dev.seine.serving.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads the JSON object that a request carries, bounded in bytes and depth. */
public final class Body {
    private static final int DEEPEST = 32;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Body() {}

    /**
     * The object.
     *
     * @throws ApiError if the body is too large, is no JSON or no object
     */
    public static ObjectNode read(Context ctx, int maxBytes) {
        if (ctx.contentLength() > maxBytes) {
            throw ApiError.tooLarge(maxBytes);
        }
        try {
            byte[] bytes = ctx.bodyInputStream().readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw ApiError.tooLarge(maxBytes);
            }
            JsonNode body = JSON.readTree(bytes);
            if (body instanceof ObjectNode object) {
                return object;
            }
            throw ApiError.invalid("", "expected a JSON object as the body");
        } catch (JsonProcessingException e) {
            throw ApiError.invalid("", "the body is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("the body could not be read", e);
        }
    }
}
