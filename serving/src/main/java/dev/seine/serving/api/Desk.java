package dev.seine.serving.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.seine.event.AnswerEvent;
import dev.seine.serving.answers.Answer;
import dev.seine.serving.answers.Answers;
import dev.seine.serving.answers.Policies;
import dev.seine.serving.http.ApiError;
import dev.seine.serving.http.Caller;
import dev.seine.topics.Trace;
import io.javalin.http.Context;
import java.time.Clock;
import java.util.List;

/**
 * Where requests become questions, for every interface alike.
 *
 * @param maxRequestBytes largest body of a request
 */
public record Desk(Answers answers, Policies policies, int maxRequestBytes, Clock clock) {
    private static final long GRACE_MS = 6_000;

    /** Asks for the caller, as part of the trace that the request names. */
    Answer ask(Context ctx, Asked asked) {
        if (!policies.has(asked.model())) {
            throw unknown(asked.model());
        }
        Trace trace = Trace.parse(ctx.header(Trace.HEADER));
        return answers.ask(
                Caller.of(ctx), asked.model(), asked.question(), asked.temperature(), asked.maxTokens(), trace);
    }

    /** 404: there is no such policy. */
    ApiError unknown(String model) {
        return ApiError.notFound(
                "model_not_found",
                "model",
                "there is no model '" + model + "' here; there are "
                        + policies.all().keySet());
    }

    /** All events of an answer, once it is over; a request that ends before takes the question back. */
    List<AnswerEvent> await(Answer answer) {
        try {
            if (answer.awaitEnd(answer.deadlineMs() + GRACE_MS, clock.millis())) {
                return answer.events();
            }
            answers.withdraw(answer);
            throw ApiError.late("no answer before the deadline");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.unavailable("the service is ending; try again");
        }
    }

    /** Refuses what asks for several answers. */
    static void one(JsonNode body, String field) {
        JsonNode n = body.get(field);
        if (n != null && !n.isNull() && !(n.isIntegralNumber() && n.asLong() == 1)) {
            throw ApiError.invalid(field, field + " must be 1: a question has one answer");
        }
    }
}
