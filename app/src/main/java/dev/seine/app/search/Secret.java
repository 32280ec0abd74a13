package dev.seine.app.search;

import dev.seine.app.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A key that stands in no configuration: in an environment variable, or in the file that the variable of the same name with {@code _FILE}
 * names.
 */
final class Secret {
    private static final String FILE = "_FILE";

    private Secret() {}

    /** The secret under this name, if there is one. */
    static Optional<String> of(String name, Map<String, String> environment) {
        Optional<String> given = Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
        if (given.isPresent() || environment.getOrDefault(name + FILE, "").isBlank()) {
            return given;
        }
        Path file = Path.of(environment.get(name + FILE));
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException e) {
            throw new ConfigException(name + FILE + ": file " + file + " cannot be read: " + e);
        }
    }
}
