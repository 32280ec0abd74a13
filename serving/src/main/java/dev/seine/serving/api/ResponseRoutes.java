package dev.seine.serving.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.serving.answers.Answer;
import dev.seine.serving.http.ApiError;
import dev.seine.serving.http.Body;
import dev.seine.serving.http.Caller;
import dev.seine.serving.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/**
 * {@code /v1/responses}: at once, as events, or in the background to be fetched later. An answer in the background lives on when its reader goes,
 * and can be followed again from any event.
 */
public final class ResponseRoutes implements Routes {
    private final Desk desk;

    /** Over this desk. */
    public ResponseRoutes(Desk desk) {
        this.desk = desk;
    }

    @Override
    public void add(RoutesConfig routes) {
        routes.post("/v1/responses", this::create);
        routes.get("/v1/responses/{id}", this::get);
        routes.post("/v1/responses/{id}/cancel", this::cancel);
    }

    private void create(Context ctx) {
        ObjectNode body = Body.read(ctx, desk.maxRequestBytes());
        Asked asked = Asked.of(body, "input", "max_output_tokens");
        boolean background = Asked.flag(body, "background");
        Answer answer = desk.ask(ctx, asked);
        if (asked.stream()) {
            EventStream.send(ctx, desk.answers(), answer, new ResponseFormat(answer, 0), !background);
        } else if (background) {
            Json.answer(ctx, now(answer));
        } else {
            ResponseFormat format = new ResponseFormat(answer, 0);
            desk.await(answer).forEach(event -> {
                if (!event.getFinish().equals("REFUSED") && !event.getFinish().equals("TIMEOUT")) {
                    format.take(event);
                    return;
                }
                throw ChatFormat.failure(event);
            });
            Json.answer(ctx, format.response());
        }
    }

    private void get(Context ctx) {
        Answer answer = find(ctx);
        if ("true".equals(ctx.queryParam("stream"))) {
            long after = number(ctx, "starting_after");
            EventStream.send(ctx, desk.answers(), answer, new ResponseFormat(answer, after + 1), false);
        } else {
            Json.answer(ctx, now(answer));
        }
    }

    private void cancel(Context ctx) {
        Answer answer = find(ctx);
        desk.answers().withdraw(answer);
        Json.answer(ctx, now(answer));
    }

    private static ObjectNode now(Answer answer) {
        ResponseFormat format = new ResponseFormat(answer, 0);
        answer.events().forEach(format::take);
        return format.response();
    }

    private Answer find(Context ctx) {
        String id = ctx.pathParam("id");
        return desk.answers()
                .find(Caller.of(ctx), id)
                .orElseThrow(
                        () -> ApiError.notFound("not_found", "id", "there is no response '" + id + "' of yours here"));
    }

    private static long number(Context ctx, String name) {
        String value = ctx.queryParam(name);
        if (value == null) {
            return -1;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw ApiError.invalid(name, name + " must be a number from 0 on");
        }
        throw ApiError.invalid(name, name + " must be a number from 0 on");
    }
}
