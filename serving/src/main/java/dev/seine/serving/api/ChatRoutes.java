package dev.seine.serving.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.serving.answers.Answer;
import dev.seine.serving.http.Body;
import dev.seine.serving.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/** {@code /v1/chat/completions}. */
public final class ChatRoutes implements Routes {
    private final Desk desk;

    /** Over this desk. */
    public ChatRoutes(Desk desk) {
        this.desk = desk;
    }

    @Override
    public void add(RoutesConfig routes) {
        routes.post("/v1/chat/completions", this::complete);
    }

    private void complete(Context ctx) {
        ObjectNode body = Body.read(ctx, desk.maxRequestBytes());
        Desk.one(body, "n");
        Asked asked = Asked.of(body, "messages", "max_completion_tokens", "max_tokens");
        boolean usage = body.path("stream_options").path("include_usage").asBoolean();
        Answer answer = desk.ask(ctx, asked);
        ChatFormat format = new ChatFormat(answer, usage);
        if (asked.stream()) {
            EventStream.send(ctx, desk.answers(), answer, format, true);
        } else {
            desk.await(answer).forEach(format::take);
            Json.answer(ctx, format.completion());
        }
    }
}
