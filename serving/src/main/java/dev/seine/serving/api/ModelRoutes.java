package dev.seine.serving.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.event.WeightsPublished;
import dev.seine.serving.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;

/** {@code /v1/models}: the policies, and the versions of each that were announced last. */
public final class ModelRoutes implements Routes {
    private final Desk desk;

    /** Over this desk. */
    public ModelRoutes(Desk desk) {
        this.desk = desk;
    }

    @Override
    public void add(RoutesConfig routes) {
        routes.get("/v1/models", this::list);
        routes.get("/v1/models/{model}", this::one);
    }

    private void list(Context ctx) {
        ObjectNode body = Json.object().put("object", "list");
        ArrayNode data = body.putArray("data");
        desk.policies().all().forEach((policy, versions) -> data.add(model(policy, versions)));
        Json.answer(ctx, body);
    }

    private void one(Context ctx) {
        String wanted = ctx.pathParam("model");
        Map<String, List<WeightsPublished>> all = desk.policies().all();
        if (!all.containsKey(wanted)) {
            throw desk.unknown(wanted);
        }
        Json.answer(ctx, model(wanted, all.get(wanted)));
    }

    private static ObjectNode model(String policy, List<WeightsPublished> versions) {
        ObjectNode model = Json.object()
                .put("id", policy)
                .put("object", "model")
                .put("created", versions.get(0).getAtMs() / 1000)
                .put("owned_by", "seine");
        ArrayNode list = model.putObject("seine").putArray("versions");
        for (WeightsPublished weights : versions) {
            list.addObject()
                    .put("version", weights.getVersion())
                    .put("stage", weights.getStage())
                    .put("sha256", weights.getSha256())
                    .put("at_ms", weights.getAtMs());
        }
        return model;
    }
}
