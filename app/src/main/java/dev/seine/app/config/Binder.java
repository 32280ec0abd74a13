package dev.seine.app.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Binds one tree to one record and collects every problem on the way. */
final class Binder {
    private final List<String> problems = new ArrayList<>();

    <T extends Record> T bind(Class<T> type, Node.Table tree) {
        Object bound = record(type, tree, "");
        if (bound == null || !problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return type.cast(bound);
    }

    /** Null, with a problem noted, wherever a value cannot be made; records that miss a part are not built. */
    private @Nullable Object record(Class<?> type, Node.Table table, String path) {
        RecordComponent[] components = type.getRecordComponents();
        List<String> known = Arrays.stream(components)
                .map(component -> Names.kebab(component.getName()))
                .toList();
        table.entries().forEach((key, node) -> {
            if (!known.contains(key)) {
                problems.add(unknown(path, key, known, node.origin()));
            }
        });
        int before = problems.size();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            String key = known.get(i);
            values[i] = value(components[i].getGenericType(), table.entries().get(key), join(path, key));
        }
        return problems.size() > before ? null : construct(type, components, values, table, path);
    }

    private @Nullable Object construct(
            Class<?> type, RecordComponent[] components, Object[] values, Node.Table table, String path) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refusal) {
                String message = String.valueOf(refusal.getMessage());
                return problem(origin(message, table, path), message);
            }
            throw new IllegalStateException("configuration [" + path + "] as " + type.getName(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("configuration [" + path + "] as " + type.getName(), e);
        }
    }

    private @Nullable Object value(Type type, @Nullable Node node, String path) {
        Class<?> raw = (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
        if (raw == Optional.class) {
            return node == null || emptyText(node)
                    ? Optional.empty()
                    : Optional.ofNullable(value(argument(type, 0), node, path));
        }
        if (raw == Map.class) {
            return map(argument(type, 1), node, path);
        }
        if (node == null) {
            problems.add(path + " is missing: " + expected(raw) + " is needed");
            return null;
        }
        if (raw.isRecord()) {
            return node instanceof Node.Table table ? record(raw, table, path) : wrong(raw, node, path);
        }
        if (node instanceof Node.Leaf leaf) {
            return raw == List.class
                    ? list((Class<?>) argument(type, 0), leaf, path)
                    : Values.read(raw, leaf.value(), leaf.origin().raw()).orElseGet(() -> wrong(raw, leaf, path));
        }
        return wrong(raw, node, path);
    }

    private @Nullable Object list(Class<?> element, Node.Leaf leaf, String path) {
        JsonNode array = leaf.origin().raw() ? ConfigLoader.parseValue(leaf.value()) : leaf.value();
        if (!(array instanceof ArrayNode)) {
            return problem(leaf.origin(), path + " must be an array, got " + shown(leaf));
        }
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            Node.Leaf item = new Node.Leaf(
                    array.get(i), new Origin(leaf.origin().name(), leaf.origin().line(), false));
            String place = path + "[" + i + "]";
            list.add(Values.read(element, item.value(), false).orElseGet(() -> wrong(element, item, place)));
        }
        return list.contains(null) ? null : List.copyOf(list);
    }

    /**
     * A table of any keys, in their order. Tables in it are records of the map, or else are read as dotted keys, as Kafka
     * writes its own.
     */
    private @Nullable Object map(Type element, @Nullable Node node, String path) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (node instanceof Node.Leaf leaf) {
            return wrong(Map.class, leaf, path);
        }
        if (node != null) {
            fill(map, (Class<?>) element, (Node.Table) node, "", path);
        }
        return map.containsValue(null) ? null : Collections.unmodifiableMap(map);
    }

    private void fill(Map<String, Object> map, Class<?> element, Node.Table table, String prefix, String path) {
        table.entries().forEach((key, node) -> {
            String name = join(prefix, key);
            if (node instanceof Node.Table inner && !element.isRecord()) {
                fill(map, element, inner, name, path);
            } else if (element == String.class) {
                JsonNode text = ((Node.Leaf) node).value();
                map.put(name, text.isValueNode() ? text.asText() : text.toString());
            } else {
                map.put(name, value(element, node, join(path, name)));
            }
        });
    }

    private static String unknown(String path, String key, List<String> known, Origin origin) {
        String meant = Names.nearest(key, known)
                .map(name -> "; did you mean " + name + "?")
                .orElse("");
        String where = path.isEmpty() ? "known sections and keys: " : "known keys of [" + path + "]: ";
        return origin + ": unknown key " + join(path, key) + meant + " (" + where + String.join(", ", known) + ")";
    }

    /** Where the key stands that a refusal speaks of; the section if it names none. */
    private static Origin origin(String message, Node.Table table, String path) {
        return table.entries().entrySet().stream()
                .filter(entry -> names(message, join(path, entry.getKey())))
                .map(entry -> entry.getValue().origin())
                .findFirst()
                .orElse(table.origin());
    }

    private static boolean names(String message, String key) {
        return Arrays.asList(message.split("[^A-Za-z0-9.-]+")).contains(key);
    }

    private @Nullable Object wrong(Class<?> type, Node node, String path) {
        return problem(node.origin(), path + " must be " + expected(type) + ", got " + shown(node));
    }

    private @Nullable Object problem(Origin origin, String message) {
        problems.add(origin + ": " + message);
        return null;
    }

    private static String expected(Class<?> type) {
        if (type.isRecord() || type == Map.class) {
            return "a table";
        }
        return type == List.class ? "an array" : Values.expected(type);
    }

    private static boolean emptyText(Node node) {
        return node instanceof Node.Leaf leaf
                && leaf.value().isTextual()
                && leaf.value().textValue().isEmpty();
    }

    private static String shown(Node node) {
        return node instanceof Node.Leaf leaf ? leaf.value().toString() : "a table";
    }

    private static Type argument(Type type, int index) {
        return ((ParameterizedType) type).getActualTypeArguments()[index];
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
