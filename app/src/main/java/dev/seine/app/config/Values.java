package dev.seine.app.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Single values: numbers, {@code boolean}, {@code String}, {@link Duration} ({@code "30s"}), {@link Path}, enums (constants
 * in kebab-case) and any class with a static {@code of(String)}, which also decides how an enum is written if it has one.
 */
final class Values {
    private static final Map<Class<?>, Function<JsonNode, Object>> READERS = Map.of(
            int.class, node -> node.isIntegralNumber() && node.canConvertToInt() ? node.intValue() : null,
            long.class, node -> node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : null,
            float.class, node -> node.isNumber() ? node.floatValue() : null,
            double.class, node -> node.isNumber() ? node.doubleValue() : null,
            boolean.class, node -> node.isBoolean() ? node.booleanValue() : null,
            String.class, JsonNode::textValue,
            Path.class, node -> node.isTextual() ? Path.of(node.textValue()) : null,
            Duration.class,
                    node -> node.isTextual() ? Durations.parse(node.textValue()).orElse(null) : null);

    private static final Map<Class<?>, Class<?>> PRIMITIVES = Map.of(
            Integer.class, int.class,
            Long.class, long.class,
            Float.class, float.class,
            Double.class, double.class,
            Boolean.class, boolean.class);

    private static final Map<Class<?>, String> EXPECTED = Map.of(
            int.class, "a whole number",
            long.class, "a whole number",
            float.class, "a number",
            double.class, "a number",
            boolean.class, "true or false",
            String.class, "a string",
            Path.class, "a path as a string",
            Duration.class, "a duration such as \"30s\", \"2m\" or \"100ms\"");

    private Values() {}

    /** The value of a node as {@code type}; empty if it is something else. A node may be the raw text of an option. */
    static Optional<Object> read(Class<?> type, JsonNode node, boolean raw) {
        Class<?> wanted = PRIMITIVES.getOrDefault(type, type);
        JsonNode value = raw ? fromOption(wanted, node) : node;
        Function<JsonNode, Object> reader = READERS.get(wanted);
        if (reader != null) {
            return Optional.ofNullable(reader.apply(value));
        }
        return value.isTextual() ? named(wanted, value.textValue()) : Optional.empty();
    }

    /** What a value of {@code type} looks like, for messages. */
    static String expected(Class<?> type) {
        Class<?> wanted = PRIMITIVES.getOrDefault(type, type);
        if (EXPECTED.containsKey(wanted)) {
            return EXPECTED.get(wanted);
        }
        if (wanted.isEnum()) {
            return "one of "
                    + Arrays.stream(wanted.getEnumConstants())
                            .map(Values::written)
                            .map(name -> '"' + name + '"')
                            .collect(Collectors.joining(", "));
        }
        return "the name of a " + Names.kebab(wanted.getSimpleName()).replace('-', ' ');
    }

    /** How an enum constant, or anything read by {@code of(String)}, is written: its {@code id()} where it has one. */
    static String written(Object value) {
        try {
            Method id = value.getClass().getMethod("id");
            id.setAccessible(true);
            return String.valueOf(id.invoke(value));
        } catch (ReflectiveOperationException e) {
            return value instanceof Enum<?> constant ? Names.kebab(constant.name()) : value.toString();
        }
    }

    private static JsonNode fromOption(Class<?> type, JsonNode text) {
        JsonNode parsed = ConfigLoader.parseValue(text);
        boolean textWanted =
                type == String.class || !READERS.containsKey(type) || type == Path.class || type == Duration.class;
        return textWanted && !parsed.isTextual() ? text : parsed;
    }

    private static Optional<Object> named(Class<?> type, String text) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .filter(constant -> written(constant).equals(text))
                    .map(Object.class::cast)
                    .findFirst();
        }
        try {
            Method of = type.getMethod("of", String.class);
            return Modifier.isStatic(of.getModifiers()) ? Optional.of(of.invoke(null, text)) : Optional.empty();
        } catch (InvocationTargetException e) {
            return Optional.empty();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("configuration cannot hold a " + type.getName(), e);
        }
    }
}
