package dev.seine.serving.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.util.List;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one HTTP server of the service. Every error is JSON as OpenAI's clients read it; what went wrong inside is logged and never
 * told. A request holds a thread until it is over, so a slow reader holds up nobody but itself.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int IDLE_MS = 60_000;
    private static final int FEW_THREADS = 8;
    /** Threads that Jetty keeps for itself. */
    private static final int OWN_THREADS = 8;

    private final Javalin app;
    private final HttpConfig config;

    private HttpServer(Javalin app, HttpConfig config) {
        this.app = app;
        this.config = config;
    }

    /**
     * Starts answering.
     *
     * @throws IllegalArgumentException if others could call and there are no keys
     */
    public static HttpServer start(HttpConfig config, KeyFile keys, List<Routes> parts) {
        Gate gate = new Gate(keys, config, System::nanoTime);
        Javalin app = Javalin.create(javalin -> {
            settings(javalin, config);
            javalin.routes.before(HttpServer::headers);
            gate.add(javalin.routes);
            parts.forEach(part -> part.add(javalin.routes));
            errors(javalin);
        });
        app.start(config.host(), config.port());
        return new HttpServer(app, config);
    }

    /** Address of the first page. */
    public String url() {
        return "http://" + config.host() + ":" + app.port() + "/";
    }

    /** Ends what is under way. */
    @Override
    public void close() {
        app.stop();
    }

    private static void settings(JavalinConfig javalin, HttpConfig config) {
        javalin.startup.showJavalinBanner = false;
        javalin.http.maxRequestSize = config.maxRequestBytes();
        javalin.http.prefer405over404 = true;
        javalin.http.compressionStrategy = CompressionStrategy.NONE; // a stream is not held back
        javalin.jetty.threadPool = new QueuedThreadPool(config.maxConnections() + OWN_THREADS, FEW_THREADS, IDLE_MS);
        javalin.jetty.modifyHttpConfiguration(http -> {
            http.setSendServerVersion(false);
            http.setIdleTimeout(config.writeTimeout().toMillis());
        });
    }

    private static void headers(Context ctx) {
        ctx.header("X-Content-Type-Options", "nosniff");
        ctx.header("Referrer-Policy", "no-referrer");
        ctx.header(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
                        + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        ctx.header("Cache-Control", "no-store");
    }

    private static void errors(JavalinConfig javalin) {
        javalin.routes.exception(ApiError.class, (error, ctx) -> answer(ctx, error));
        javalin.routes.exception(HttpResponseException.class, (error, ctx) -> answer(ctx, of(error, ctx)));
        javalin.routes.exception(Exception.class, (error, ctx) -> {
            LOG.error("{} {} failed", ctx.method(), ctx.path(), error);
            answer(
                    ctx,
                    new ApiError(500, "server_error", "internal_error", "", "the service failed; it is logged there"));
        });
    }

    private static ApiError of(HttpResponseException error, Context ctx) {
        String asked = ctx.method() + " " + ctx.path();
        return switch (error.getStatus()) {
            case 404 -> ApiError.notFound("unknown_url", "", "there is no " + asked);
            case 405 -> new ApiError(405, "invalid_request_error", "method_not_allowed", "", "there is no " + asked);
            case 413 -> new ApiError(413, "invalid_request_error", "request_too_large", "", "the request is too large");
            default ->
                new ApiError(
                        error.getStatus(),
                        error.getStatus() < 500 ? "invalid_request_error" : "server_error",
                        "refused",
                        "",
                        String.valueOf(error.getMessage()));
        };
    }

    private static void answer(Context ctx, ApiError error) {
        if (ctx.res().isCommitted()) {
            return; // a stream has told its error itself
        }
        try {
            ctx.status(error.status()).contentType("application/json").result(JSON.writeValueAsString(error.body()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of strings is JSON", e);
        }
    }
}
