package dev.seine.producers.retrieval.web;

import java.io.IOException;
import java.net.Proxy;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;

/**
 * Fetches pages within bounds: of address, type, unpacked size, and time for everything together. No more than the bound is read of a
 * longer page, and a page may be cut there. Safe for use by several threads.
 */
final class Pages {
    private static final int MAX_URL_CHARS = 2_000;

    private final WebConfig config;
    private final OkHttpClient http;

    Pages(WebConfig config) {
        this.config = config;
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .callTimeout(config.timeout())
                .followRedirects(true)
                .proxy(Proxy.NO_PROXY);
        this.http = (config.privateAddresses() ? builder : builder.socketFactory(Addresses.publicOnly())).build();
    }

    /** A page as it came, with the address it came from at last. */
    record Page(String url, String html) {}

    /**
     * The page at an address.
     *
     * @throws IOException saying what of the address, its answer or its type is not taken
     */
    Page fetch(String url) throws IOException {
        HttpUrl address = url.length() > MAX_URL_CHARS ? null : HttpUrl.parse(url);
        if (address == null) {
            throw new IOException("not an http or https address of up to " + MAX_URL_CHARS + " characters");
        }
        Request request = new Request.Builder()
                .url(address)
                .header("Accept", "text/html, application/xhtml+xml, text/plain")
                .header("User-Agent", "seine")
                .build();
        try (Response response = http.newCall(request).execute()) {
            if (!response.isSuccessful()) {
                throw new IOException("answered " + response.code());
            }
            Optional<MediaType> type = Optional.ofNullable(response.body().contentType());
            if (type.filter(Pages::text).isEmpty()) {
                throw new IOException("is " + type.map(MediaType::toString).orElse("of no type") + " and no text");
            }
            Charset charset = type.orElseThrow().charset(StandardCharsets.UTF_8);
            return new Page(
                    response.request().url().toString(),
                    read(response.body().source()).readString(charset == null ? StandardCharsets.UTF_8 : charset));
        }
    }

    private Buffer read(BufferedSource body) throws IOException {
        Buffer read = new Buffer();
        while (read.size() < config.maxPageBytes() && body.read(read, config.maxPageBytes() - read.size()) >= 0) {
            // goes on until the bound, the end, or the time-out
        }
        return read;
    }

    private static boolean text(MediaType type) {
        return type.type().equals("text") || type.subtype().equals("xhtml+xml");
    }

    void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
