package dev.seine.serving.api;

import dev.seine.serving.http.Routes;
import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Files that are served as they are, by their paths: pages, scripts, styles, documents.
 *
 * @param origin class beside whose resources the files lie
 * @param files resource name by path
 */
public record Pages(Class<?> origin, Map<String, String> files) implements Routes {
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "json", "application/json");

    /** The page to ask on, and the document of the interface. */
    public static Pages ask() {
        return new Pages(
                Pages.class,
                Map.of(
                        "/", "ask.html",
                        "/ask.css", "ask.css",
                        "/ask.js", "ask.js",
                        "/openapi.json", "openapi.json"));
    }

    @Override
    public void add(RoutesConfig routes) {
        files.forEach((path, file) -> {
            byte[] bytes = read(file);
            String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
            routes.get(path, ctx -> ctx.contentType(type).result(bytes));
        });
    }

    private byte[] read(String file) {
        try (InputStream in = origin.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not beside " + origin);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
