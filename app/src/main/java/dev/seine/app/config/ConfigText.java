package dev.seine.app.config;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A resolved configuration as TOML that {@link ConfigLoader} reads back, except that secrets are hidden. */
public final class ConfigText {
    private static final String HIDDEN = "(hidden)";
    private static final Set<String> SECRET = Set.of(
            "password", "passphrase", "secret", "token", "key", "jaas", "auth", "credential", "credentials", "apikey");

    private ConfigText() {}

    /** The TOML text, keys in the order of the records; values whose key speaks of a secret are hidden. */
    public static String toml(Record config) {
        StringBuilder text = new StringBuilder();
        table(text, "", config);
        return text.toString().strip() + "\n";
    }

    /** Whether a key holds a secret: one of its words, split at dashes, dots and underscores, says so. */
    public static boolean secret(String key) {
        return Arrays.stream(key.toLowerCase(Locale.ROOT).split("[-._]")).anyMatch(SECRET::contains);
    }

    private static void table(StringBuilder text, String path, Record config) {
        StringBuilder inner = new StringBuilder();
        for (RecordComponent component : config.getClass().getRecordComponents()) {
            String key = Names.kebab(component.getName());
            String name = path.isEmpty() ? key : path + "." + key;
            Object value = plain(read(config, component));
            if (value instanceof Record table) {
                inner.append("\n[").append(name).append("]\n");
                table(inner, name, table);
            } else if (value instanceof Map<?, ?> map) {
                inner.append("\n[").append(name).append("]\n");
                new TreeMap<>(map).forEach((k, v) -> line(inner, quoted(k), String.valueOf(k), v));
            } else {
                line(text, key, key, value);
            }
        }
        text.append(inner);
    }

    private static void line(StringBuilder text, String written, String key, Object value) {
        Object shown = value instanceof String string && !string.isEmpty() ? hide(key, string) : value;
        text.append(written).append(" = ").append(literal(shown)).append('\n');
    }

    private static String hide(String key, String value) {
        return secret(key) ? HIDDEN : value.replaceAll("//[^/@\\s]+@", "//" + HIDDEN + "@");
    }

    private static Object read(Record config, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(config);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("component " + component + " cannot be read", e);
        }
    }

    /** An absent value is written as the empty string, which reads back as absent. */
    private static Object plain(Object value) {
        return value instanceof Optional<?> optional ? plain(optional.isPresent() ? optional.get() : "") : value;
    }

    private static String literal(Object value) {
        if (value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(ConfigText::literal).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof Duration duration) {
            return quoted(Durations.format(duration));
        }
        return quoted(value instanceof String ? value : Values.written(value));
    }

    private static String quoted(Object value) {
        StringBuilder text = new StringBuilder("\"");
        for (char c : String.valueOf(value).toCharArray()) {
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                default -> text.append(c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        return text.append('"').toString();
    }
}
