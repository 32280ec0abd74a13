package dev.seine.serving.board;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.serving.api.Pages;
import dev.seine.serving.http.ApiError;
import dev.seine.serving.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages <i>Train</i> and <i>Runs</i>, and what they show: {@code /v1/train}, its stream of events, and {@code /v1/runs}. */
public final class BoardRoutes implements Routes {
    private static final Logger LOG = LoggerFactory.getLogger(BoardRoutes.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Silence after which a comment is sent, to learn whether the reader is still there. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private static final String CHARTS = "/META-INF/maven/org.webjars.npm/chart.js/pom.properties";

    private final Board board;
    private final Supplier<List<RunEntry>> runs;

    /**
     * Over this board.
     *
     * @param runs asked for at each request
     */
    public BoardRoutes(Board board, Supplier<List<RunEntry>> runs) {
        this.board = board;
        this.runs = runs;
    }

    @Override
    public void add(RoutesConfig routes) {
        new Pages(
                        BoardRoutes.class,
                        Map.of(
                                "/train", "train.html",
                                "/runs", "runs.html",
                                "/board.css", "board.css",
                                "/train.js", "train.js",
                                "/runs.js", "runs.js",
                                "/service.js", "service.js",
                                "/chart.js", charts()))
                .add(routes);
        routes.get("/v1/train", this::entries);
        routes.get("/v1/train/events", this::stream);
        routes.get("/v1/runs", this::runs);
    }

    private void entries(Context ctx) {
        List<Board.Entry> entries = board.from(from(ctx));
        long next =
                entries.isEmpty() ? from(ctx) : entries.get(entries.size() - 1).number() + 1;
        ctx.contentType("application/json")
                .result(entries.stream()
                        .map(Board.Entry::json)
                        .collect(Collectors.joining(",", "{\"next\":" + next + ",\"entries\":[", "]}")));
    }

    /** On the request's own thread, as answers are: a slow reader holds up nobody else. */
    private void stream(Context ctx) {
        long next = from(ctx);
        ctx.contentType("text/event-stream; charset=utf-8");
        try {
            OutputStream out = ctx.res().getOutputStream();
            ctx.res().flushBuffer();
            while (true) {
                List<Board.Entry> entries = board.await(next, SILENCE);
                String lines = entries.stream()
                        .map(entry -> "id: " + entry.number() + "\ndata: " + entry.json() + "\n\n")
                        .collect(Collectors.joining());
                out.write((lines.isEmpty() ? ": waiting\n\n" : lines).getBytes(StandardCharsets.UTF_8));
                out.flush();
                next = entries.isEmpty()
                        ? next
                        : entries.get(entries.size() - 1).number() + 1;
            }
        } catch (IOException e) {
            LOG.debug("a reader of the board has gone: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void runs(Context ctx) {
        try {
            ctx.contentType("application/json").result(JSON.writeValueAsString(Map.of("data", runs.get())));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("runs are JSON", e);
        }
    }

    private static long from(Context ctx) {
        String from = ctx.queryParam("from");
        if (from == null) {
            return 0;
        }
        if (!from.matches("\\d{1,18}")) {
            throw ApiError.invalid("from", "from must be a number of at most 18 digits");
        }
        return Long.parseLong(from);
    }

    /** The library's file for browsers, by the version that is on the class path. */
    private static String charts() {
        try (InputStream in = BoardRoutes.class.getResourceAsStream(CHARTS)) {
            Properties about = new Properties();
            about.load(in);
            return "/META-INF/resources/webjars/chart.js/" + about.getProperty("version") + "/dist/chart.umd.min.js";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + CHARTS, e);
        }
    }
}
