package dev.seine.app.viewer;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Parameters of a request. */
final class Query {
    private final Map<String, String> values = new HashMap<>();

    /** The parameters of a raw query; null has none. */
    Query(@Nullable String raw) {
        if (raw == null) {
            return;
        }
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
    }

    /** A text; empty if there is none. */
    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).filter(v -> !v.isBlank());
    }

    OptionalLong number(String name) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!text.get().matches("-?\\d{1,18}")) {
            throw new IllegalArgumentException(name + " must be a number, got '" + text.get() + "'");
        }
        return OptionalLong.of(Long.parseLong(text.get()));
    }

    OptionalInt integer(String name) {
        OptionalLong number = number(name);
        return number.isPresent() ? OptionalInt.of(Math.toIntExact(number.getAsLong())) : OptionalInt.empty();
    }

    Optional<Boolean> flag(String name) {
        return text(name).map(v -> v.equals("1") || v.equals("true"));
    }
}
