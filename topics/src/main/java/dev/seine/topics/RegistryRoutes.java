package dev.seine.topics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.seine.schemas.Compatibility;
import dev.seine.schemas.RegistryException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Confluent's REST API, as far as Avro clients need it: no references, no deletion, no modes. */
final class RegistryRoutes {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final RegistryState state;
    private final RegistryLog log;

    RegistryRoutes(RegistryState state, RegistryLog log) {
        this.state = state;
        this.log = log;
    }

    /** The answer to a request; refusals are thrown. One at a time: ids and versions are given out here. */
    synchronized JsonNode answer(String method, List<String> path, Map<String, String> query, JsonNode body) {
        String root = path.isEmpty() ? "" : path.get(0);
        int depth = path.size();
        return switch (root) {
            case "" -> JSON.objectNode();
            case "subjects" -> subjects(method, path, body);
            case "schemas" -> {
                require(method.equals("GET"));
                if (depth == 2 && path.get(1).equals("types")) {
                    yield JSON.arrayNode().add("AVRO");
                }
                require(depth == 3 && path.get(1).equals("ids"));
                yield JSON.objectNode()
                        .put("schema", state.byId(number(path.get(2))).toString());
            }
            case "config" -> config(method, path, query, body);
            case "compatibility" -> {
                require(method.equals("POST") && depth >= 4 && depth <= 5);
                require(path.get(1).equals("subjects") && path.get(3).equals("versions"));
                yield compatible(path, query, body);
            }
            default -> throw notFound();
        };
    }

    private JsonNode subjects(String method, List<String> path, JsonNode body) {
        if (path.size() == 1 && method.equals("GET")) {
            return array(state.subjects());
        }
        require(path.size() >= 2 && path.size() <= 5);
        String subject = path.get(1);
        if (path.size() == 2) {
            require(method.equals("POST"));
            state.versions(subject);
            return json(state.find(subject, schema(body)).orElseThrow(() -> RegistryRefusal.noSchema("")));
        }
        require(path.get(2).equals("versions"));
        if (path.size() == 3) {
            return method.equals("POST")
                    ? JSON.objectNode().put("id", register(subject, schema(body)))
                    : array(state.versions(subject).keySet());
        }
        require(method.equals("GET"));
        SchemaVersion version = version(subject, path.get(3));
        if (path.size() == 4) {
            return json(version);
        }
        require(path.get(4).equals("schema"));
        return JSON.rawValueNode(new RawValue(version.schema().toString()));
    }

    private int register(String subject, Schema schema) {
        Optional<SchemaVersion> known = state.find(subject, schema);
        if (known.isPresent()) {
            return known.get().id();
        }
        SchemaVersion added = state.next(subject, schema);
        log.write(added);
        state.apply(added);
        return added.id();
    }

    private JsonNode config(String method, List<String> path, Map<String, String> query, JsonNode body) {
        require(path.size() <= 2);
        Optional<String> subject = path.size() == 2 ? Optional.of(path.get(1)) : Optional.empty();
        if (method.equals("PUT")) {
            Compatibility level = level(body.path("compatibility").asText());
            log.write(subject, level);
            state.apply(subject, level);
            return JSON.objectNode().put("compatibility", level.name());
        }
        require(method.equals("GET"));
        Optional<Compatibility> own = subject.flatMap(state::ownLevel);
        if (subject.isPresent() && own.isEmpty() && !"true".equals(query.get("defaultToGlobal"))) {
            throw new RegistryRefusal(
                    404,
                    RegistryException.NO_LEVEL,
                    "Subject '" + subject.get() + "' does not have subject-level compatibility configured");
        }
        return JSON.objectNode()
                .put("compatibilityLevel", own.orElse(state.global()).name());
    }

    private JsonNode compatible(List<String> path, Map<String, String> query, JsonNode body) {
        String subject = path.get(2);
        Schema schema = schema(body);
        Optional<SchemaVersion> version =
                path.size() == 5 ? Optional.of(version(subject, path.get(4))) : Optional.empty();
        List<String> faults = state.faults(subject, schema, version);
        ObjectNode answer = JSON.objectNode().put("is_compatible", faults.isEmpty());
        if ("true".equals(query.get("verbose"))) {
            answer.set("messages", array(faults));
        }
        return answer;
    }

    private SchemaVersion version(String subject, String version) {
        if (version.equals("latest") || version.equals("-1")) {
            return state.versions(subject).lastEntry().getValue();
        }
        return state.version(subject, number(version));
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new RegistryRefusal(
                    422, RegistryRefusal.INVALID_VERSION, "'" + text + "' is not a valid number; expected 1 or more");
        }
    }

    private static Compatibility level(String name) {
        try {
            return Compatibility.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new RegistryRefusal(
                    422,
                    RegistryRefusal.INVALID_LEVEL,
                    "Invalid compatibility level '" + name + "'; expected one of " + List.of(Compatibility.values()));
        }
    }

    private static Schema schema(JsonNode body) {
        String type = body.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO") || body.path("references").size() > 0) {
            throw invalid("expected schemaType AVRO without references, got " + type);
        }
        try {
            return new Schema.Parser().parse(body.path("schema").asText());
        } catch (AvroRuntimeException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private static RegistryRefusal invalid(String why) {
        return new RegistryRefusal(422, RegistryRefusal.INVALID_SCHEMA, "Invalid schema: " + why);
    }

    private static void require(boolean known) {
        if (!known) {
            throw notFound();
        }
    }

    private static RegistryRefusal notFound() {
        return new RegistryRefusal(404, 404, "HTTP 404 Not Found");
    }

    private static JsonNode json(SchemaVersion version) {
        return JSON.objectNode()
                .put("subject", version.subject())
                .put("version", version.version())
                .put("id", version.id())
                .put("schema", version.schema().toString());
    }

    private static ArrayNode array(Iterable<?> items) {
        ArrayNode array = JSON.arrayNode();
        items.forEach(item -> array.addPOJO(item));
        return array;
    }
}
