package dev.seine.serving.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.serving.board.BoardRoutes;
import dev.seine.serving.feedback.FeedbackRoutes;
import dev.seine.serving.http.Routes;
import io.javalin.Javalin;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OpenApiTest {
    private static JsonNode document() throws Exception {
        try (InputStream in = Pages.class.getResourceAsStream("openapi.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    @Test
    void theDocumentNamesEveryRouteAndNoOther() throws Exception {
        // No request is made, so the routes need nothing behind them.
        Desk desk = new Desk(null, null, 1, null);
        List<Routes> parts = List.of(
                new ChatRoutes(desk),
                new ResponseRoutes(desk),
                new ModelRoutes(desk),
                new FeedbackRoutes(null, 1, 1, null),
                new BoardRoutes(null, null));
        Javalin app = Javalin.create(config -> parts.forEach(part -> part.add(config.routes)));
        Set<String> routes = app.unsafe.internalRouter.allHttpHandlers().stream()
                .map(handler -> handler.endpoint.method + " " + handler.endpoint.path)
                .filter(route -> route.contains(" /v1/")) // the rest are pages
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> documented = new TreeSet<>();
        document().path("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        assertThat(documented).isEqualTo(routes);
    }

    @Test
    void everyReferenceLeadsSomewhere() throws Exception {
        JsonNode document = document();
        document.findValuesAsText("$ref")
                .forEach(ref -> assertThat(document.at(ref.substring(1)).isMissingNode())
                        .as(ref)
                        .isFalse());
    }
}
