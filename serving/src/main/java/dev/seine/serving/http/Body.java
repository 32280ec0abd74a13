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
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Reads the JSON object that a request carries, bounded in bytes and depth. */
public final class Body {
    private static final int DEEPEST = 32;
    /** Of a body that is too large so many times what it may be is read, and thrown away. */
    private static final int DISCARDED = 16;

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
        try {
            InputStream in = ctx.bodyInputStream();
            byte[] bytes = ctx.contentLength() > maxBytes ? new byte[0] : in.readNBytes(maxBytes + 1);
            if (ctx.contentLength() > maxBytes || bytes.length > maxBytes) {
                discard(in, (long) DISCARDED * maxBytes);
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

    /** Who is still sending when the connection is closed never reads why it was refused. */
    private static void discard(InputStream in, long most) throws IOException {
        byte[] part = new byte[8_192];
        long left = most;
        for (int read = 0; read >= 0 && left > 0; left -= read) {
            read = in.read(part, 0, (int) Math.min(part.length, left));
        }
    }
}
