package dev.seine.app.config;

import java.util.List;

/** A configuration that cannot be used. Every problem found is a line that says where, which key, what was expected. */
public final class ConfigException extends RuntimeException {
    private final List<String> problems;

    /** The problems in the order they were found; at least one. */
    public ConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /** A configuration with one problem. */
    public ConfigException(String problem) {
        this(List.of(problem));
    }

    /** Each problem as one line. */
    public List<String> problems() {
        return problems;
    }
}
