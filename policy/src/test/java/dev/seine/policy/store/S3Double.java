package dev.seine.policy.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** As much of S3's protocol as is spoken to it, over one bucket named {@code models} in memory; pages of lists hold two keys. */
final class S3Double implements AutoCloseable {
    private static final String META = "x-amz-meta-sha256";
    private static final int PAGE = 2;

    private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final Map<String, String> sums = new ConcurrentSkipListMap<>();
    private final Map<String, NavigableMap<Integer, byte[]>> uploads = new ConcurrentSkipListMap<>();
    private final Map<String, String> uploadSums = new ConcurrentSkipListMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final HttpServer server;
    private volatile int refusal;

    /** Listens on this port of the loopback interface; 0 takes a free one. */
    S3Double(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    int port() {
        return server.getAddress().getPort();
    }

    int requests() {
        return requests.get();
    }

    /** Answers everything with this status from now on; 0 ends that. */
    void refuse(int status) {
        refusal = status;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.incrementAndGet();
            byte[] body = exchange.getRequestBody().readAllBytes();
            Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
            String key = exchange.getRequestURI().getPath().replaceFirst("^/models/?", "");
            if (refusal != 0) {
                answer(exchange, refusal, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
                return;
            }
            switch (exchange.getRequestMethod()) {
                case "PUT" -> put(exchange, key, query, body);
                case "POST" -> post(exchange, key, query);
                case "GET" -> get(exchange, key, query);
                case "DELETE" -> {
                    if (!query.containsKey("uploadId")) {
                        objects.remove(key);
                    }
                    exchange.sendResponseHeaders(204, -1);
                }
                default -> exchange.sendResponseHeaders(405, -1);
            }
        }
    }

    private void put(HttpExchange exchange, String key, Map<String, String> query, byte[] body) throws IOException {
        if (query.containsKey("uploadId")) {
            uploads.get(query.get("uploadId")).put(Integer.valueOf(query.get("partNumber")), body);
        } else {
            sums.put(key, exchange.getRequestHeaders().getFirst(META));
            objects.put(key, body);
        }
        exchange.getResponseHeaders().set("ETag", "\"" + Arrays.hashCode(body) + "\"");
        exchange.sendResponseHeaders(200, -1);
    }

    private void post(HttpExchange exchange, String key, Map<String, String> query) throws IOException {
        if (query.containsKey("uploads")) {
            String upload = "upload-" + uploads.size();
            uploads.put(upload, new TreeMap<>());
            uploadSums.put(upload, exchange.getRequestHeaders().getFirst(META));
            answer(
                    exchange,
                    200,
                    "<InitiateMultipartUploadResult><UploadId>" + upload
                            + "</UploadId></InitiateMultipartUploadResult>");
            return;
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : uploads.get(query.get("uploadId")).values()) {
            whole.write(part);
        }
        sums.put(key, uploadSums.get(query.get("uploadId")));
        objects.put(key, whole.toByteArray());
        answer(exchange, 200, "<CompleteMultipartUploadResult><Key>" + key + "</Key></CompleteMultipartUploadResult>");
    }

    private void get(HttpExchange exchange, String key, Map<String, String> query) throws IOException {
        if (query.containsKey("list-type")) {
            list(exchange, query.getOrDefault("prefix", ""), query.getOrDefault("continuation-token", ""));
            return;
        }
        byte[] found = objects.get(key);
        if (found == null) {
            answer(exchange, 404, "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>");
            return;
        }
        exchange.getResponseHeaders().set(META, sums.get(key));
        boolean empty = found.length == 0; // 0 would be a length that is not known
        exchange.sendResponseHeaders(200, empty ? -1 : found.length);
        if (!empty) {
            exchange.getResponseBody().write(found);
        }
    }

    private void list(HttpExchange exchange, String prefix, String after) throws IOException {
        List<String> all = objects.tailMap(after, false).keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .toList();
        List<String> page = all.subList(0, Math.min(PAGE, all.size()));
        boolean more = all.size() > PAGE;
        answer(
                exchange,
                200,
                "<ListBucketResult><IsTruncated>" + more + "</IsTruncated>"
                        + (more ? "<NextContinuationToken>" + page.get(PAGE - 1) + "</NextContinuationToken>" : "")
                        + page.stream()
                                .map(key -> "<Contents><Key>" + key + "</Key></Contents>")
                                .collect(Collectors.joining())
                        + "</ListBucketResult>");
    }

    private static void answer(HttpExchange exchange, int status, String xml) throws IOException {
        byte[] bytes = xml.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new TreeMap<>();
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            String[] parts = pair.split("=", 2);
            query.put(parts[0], parts.length == 1 ? "" : URLDecoder.decode(parts[1], UTF_8));
        }
        return query;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
