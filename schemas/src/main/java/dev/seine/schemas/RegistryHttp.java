package dev.seine.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** One request to a registry of several URLs: the first that answers with anything but a failure of its own decides. */
final class RegistryHttp {
    private static final String TYPE = "application/vnd.schemaregistry.v1+json";
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final List<URI> urls;
    private final Optional<String> authorization;

    RegistryHttp(String urls, Optional<String> basicAuth) {
        this.urls = Arrays.stream(urls.split(",", -1))
                .map(String::trim)
                .filter(url -> !url.isEmpty())
                .map(RegistryHttp::base)
                .toList();
        if (this.urls.isEmpty()) {
            throw new IllegalArgumentException("registry: expected at least one URL, got '" + urls + "'");
        }
        authorization = basicAuth.map(
                pair -> "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    JsonNode call(String method, String path, Optional<JsonNode> body) {
        RegistryException last = null;
        for (URI url : urls) {
            try {
                return call(url, method, path, body);
            } catch (RegistryException e) {
                if (!e.unavailable()) {
                    throw e;
                }
                if (last != null) {
                    e.addSuppressed(last);
                }
                last = e;
            }
        }
        throw last;
    }

    private JsonNode call(URI url, String method, String path, Optional<JsonNode> body) {
        String what = method + " " + url.resolve(path);
        try {
            HttpResponse<byte[]> answer = http.send(request(url, method, path, body), BodyHandlers.ofByteArray());
            JsonNode json = parsed(answer.body());
            if (answer.statusCode() / 100 == 2) {
                return json;
            }
            int code = json.path("error_code").asInt(answer.statusCode());
            String message = json.path("message").asText("no message");
            throw new RegistryException(
                    answer.statusCode(),
                    code,
                    "registry refused " + what + ": status " + answer.statusCode() + ", code " + code + ": " + message,
                    null);
        } catch (IOException e) {
            throw new RegistryException(0, 0, "no answer from the registry to " + what + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException(0, 0, "interrupted while waiting for " + what, e);
        }
    }

    private HttpRequest request(URI url, String method, String path, Optional<JsonNode> body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path))
                .timeout(ANSWER)
                .header("Accept", TYPE + ", application/json")
                .method(
                        method,
                        body.map(json -> BodyPublishers.ofString(json.toString()))
                                .orElseGet(BodyPublishers::noBody));
        body.ifPresent(json -> request.header("Content-Type", TYPE));
        authorization.ifPresent(value -> request.header("Authorization", value));
        return request.build();
    }

    /** What is not JSON (an error page of a proxy) counts as no body: the status says the rest. */
    private static JsonNode parsed(byte[] body) throws IOException {
        try {
            return body.length == 0 ? MissingNode.getInstance() : JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private static URI base(String url) {
        URI uri;
        try {
            uri = URI.create(url.endsWith("/") ? url : url + "/");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("registry: expected an http or https URL, got '" + url + "'", e);
        }
        if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
            throw new IllegalArgumentException("registry: expected an http or https URL, got '" + url + "'");
        }
        return uri;
    }
}
