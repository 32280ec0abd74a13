package dev.seine.serving.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Who may call. With keys, every path under {@link #API} wants one as a Bearer token. Without, the service listens on loopback only and
 * answers who calls this machine by a loopback name from no other site, so that no page of somebody else asks through a visitor's browser.
 */
final class Gate implements Routes {
    /** Paths that want a key. */
    static final String API = "/v1/";

    private static final String BEARER = "bearer ";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final KeyFile keys;
    private final boolean loopback;
    private final RateLimit limit;

    /**
     * A gate.
     *
     * @throws IllegalArgumentException if there are no keys and others than this machine could call
     */
    Gate(KeyFile keys, HttpConfig config, LongSupplier nanos) {
        this.keys = keys;
        this.loopback = loopback(config.host());
        this.limit = new RateLimit(config.requestsPerMinute(), config.burst(), nanos);
        keys.keys(); // a file that cannot be read stops the start
        if (!loopback && !keys.exists()) {
            throw new IllegalArgumentException(
                    "serve.http.host is " + config.host()
                            + ", which others can reach, and there are no keys: make one with 'seine keys add NAME', or listen on 127.0.0.1");
        }
    }

    @Override
    public void add(RoutesConfig routes) {
        routes.before(this::origin);
        routes.before(API + "*", this::admit);
    }

    private void origin(Context ctx) {
        if (!keys.exists()) {
            if (!loopback || !LOOPBACK.contains(name(String.valueOf(ctx.header(Header.HOST))))) {
                throw ApiError.forbidden(
                        "without keys only this machine is answered, by the name 127.0.0.1 or localhost");
            }
            String origin = ctx.header(Header.ORIGIN);
            if (origin != null && !sameSite(origin, String.valueOf(ctx.header(Header.HOST)))) {
                throw ApiError.forbidden("without keys no page of another site is answered");
            }
        }
    }

    private void admit(Context ctx) {
        Caller caller = new Caller(keys.exists() ? key(ctx).id() : Caller.LOCAL);
        caller.onto(ctx);
        long wait = limit.take(caller.id());
        if (wait > 0) {
            ctx.header(Header.RETRY_AFTER, Long.toString(wait));
            throw ApiError.tooMany("too many requests with this key; try again in " + wait + " s");
        }
    }

    private ApiKey key(Context ctx) {
        String header = Optional.ofNullable(ctx.header(Header.AUTHORIZATION)).orElse("");
        if (!header.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            throw ApiError.unknownKey("expected a key, as in 'Authorization: Bearer sk-seine-...'");
        }
        return keys.find(header.substring(BEARER.length()).strip())
                .orElseThrow(() -> ApiError.unknownKey("this key is not known here"));
    }

    private static boolean sameSite(String origin, String host) {
        try {
            return host.equals(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The host without its port. */
    private static String name(String host) {
        return host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
    }

    private static boolean loopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("serve.http.host must be an address of this machine, got " + host, e);
        }
    }
}
