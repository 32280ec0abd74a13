package dev.seine.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * Client of a schema registry that speaks Confluent's REST API (the part of it that Avro events need; schema references
 * are not supported). Safe for use by many threads. Ids and schemas never change once given, so both are remembered
 * for the life of the client. Every method throws {@link RegistryException}.
 */
public final class RegistryClient {
    private final RegistryHttp http;
    private final Map<Integer, Schema> byId = new ConcurrentHashMap<>();
    private final Map<Registered, Integer> ids = new ConcurrentHashMap<>();

    /**
     * @param urls one or more base URLs, separated by commas, asked in turn until one answers
     * @param basicAuth {@code user:password}
     */
    public RegistryClient(String urls, Optional<String> basicAuth) {
        http = new RegistryHttp(urls, basicAuth);
    }

    /** Registers the schema under the subject unless it is there already, and returns its id. */
    public int register(String subject, Schema schema) {
        return id(subject, schema, "subjects/" + encoded(subject) + "/versions");
    }

    /** The id of a schema that is registered under the subject; {@link RegistryException#NO_SCHEMA} if it is not. */
    public int lookup(String subject, Schema schema) {
        return id(subject, schema, "subjects/" + encoded(subject));
    }

    /** The schema of this id; {@link RegistryException#NO_SCHEMA} if there is none. */
    public Schema byId(int id) {
        Schema known = byId.get(id);
        if (known != null) {
            return known;
        }
        JsonNode answer = http.call("GET", "schemas/ids/" + id, Optional.empty());
        String type = answer.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO") || answer.path("references").size() > 0) {
            throw new RegistryException(
                    200, 200, "schema id " + id + ": expected plain AVRO, got " + type + " or references", null);
        }
        try {
            Schema schema = new Schema.Parser().parse(answer.path("schema").asText());
            byId.put(id, schema);
            return schema;
        } catch (SchemaParseException e) {
            throw new RegistryException(200, 200, "schema id " + id + ": not an Avro schema: " + e.getMessage(), e);
        }
    }

    /** True if the schema could be registered under the subject; also if the subject is new. */
    public boolean compatible(String subject, Schema schema) {
        try {
            String path = "compatibility/subjects/" + encoded(subject) + "/versions/latest";
            return http.call("POST", path, Optional.of(body(schema)))
                    .path("is_compatible")
                    .asBoolean();
        } catch (RegistryException e) {
            if (e.code() == RegistryException.NO_SUBJECT || e.code() == RegistryException.NO_VERSION) {
                return true;
            }
            throw e;
        }
    }

    /** Sets the rule by which later schemas of the subject are accepted. */
    public void setCompatibility(String subject, Compatibility level) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("compatibility", level.name());
        http.call("PUT", "config/" + encoded(subject), Optional.of(body));
    }

    /** The rule of the subject, or the registry's own if the subject has none; empty if the registry does not tell. */
    public Optional<Compatibility> compatibility(String subject) {
        try {
            String path = "config/" + encoded(subject) + "?defaultToGlobal=true";
            JsonNode answer = http.call("GET", path, Optional.empty());
            String level = answer.path("compatibilityLevel").asText();
            return Arrays.stream(Compatibility.values())
                    .filter(known -> known.name().equals(level))
                    .findFirst();
        } catch (RegistryException e) {
            if (e.status() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** All subjects. */
    public List<String> subjects() {
        List<String> names = new ArrayList<>();
        http.call("GET", "subjects", Optional.empty()).forEach(name -> names.add(name.asText()));
        return List.copyOf(names);
    }

    private int id(String subject, Schema schema, String path) {
        return ids.computeIfAbsent(new Registered(subject, schema), key -> {
            JsonNode id = http.call("POST", path, Optional.of(body(schema))).path("id");
            if (!id.isInt()) {
                throw new RegistryException(200, 200, "subject " + subject + ": expected an id, got " + id, null);
            }
            return id.asInt();
        });
    }

    private static ObjectNode body(Schema schema) {
        return JsonNodeFactory.instance.objectNode().put("schema", schema.toString());
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private record Registered(String subject, Schema schema) {}
}
