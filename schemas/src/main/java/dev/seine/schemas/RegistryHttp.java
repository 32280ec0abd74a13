package dev.seine.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request to a registry of several URLs: the first that answers with anything but a failure of its own decides. It is made by
 * {@link HttpURLConnection}, since the newer client makes ready for TLS whether it is asked for or not, which is a tenth of a short command's time.
 */
final class RegistryHttp {
    private static final String TYPE = "application/vnd.schemaregistry.v1+json";
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final ObjectMapper JSON = new ObjectMapper();

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
        URI target = url.resolve(path);
        String what = method + " " + target;
        try {
            HttpURLConnection request = (HttpURLConnection) target.toURL().openConnection();
            int status = answer(request, method, body);
            JsonNode json = parsed(status / 100 == 2 ? request.getInputStream() : request.getErrorStream());
            if (status / 100 == 2) {
                return json;
            }
            int code = json.path("error_code").asInt(status);
            String message = json.path("message").asText("no message");
            throw new RegistryException(
                    status,
                    code,
                    "registry refused " + what + ": status " + status + ", code " + code + ": " + message,
                    null);
        } catch (IOException e) {
            throw new RegistryException(0, 0, "no answer from the registry to " + what + ": " + e, e);
        }
    }

    private int answer(HttpURLConnection request, String method, Optional<JsonNode> body) throws IOException {
        request.setRequestMethod(method);
        request.setConnectTimeout((int) CONNECT.toMillis());
        request.setReadTimeout((int) ANSWER.toMillis());
        request.setInstanceFollowRedirects(false);
        request.setUseCaches(false);
        request.setRequestProperty("Accept", TYPE + ", application/json");
        authorization.ifPresent(value -> request.setRequestProperty("Authorization", value));
        if (body.isPresent()) {
            request.setRequestProperty("Content-Type", TYPE);
            request.setDoOutput(true);
            try (OutputStream out = request.getOutputStream()) {
                out.write(body.get().toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        return request.getResponseCode();
    }

    /** What is not JSON (an error page of a proxy) counts as no body: the status says the rest. */
    private static JsonNode parsed(@Nullable InputStream body) throws IOException {
        if (body == null) { // so it is for an answer without a body
            return MissingNode.getInstance();
        }
        try (body) {
            return JSON.readTree(body);
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
