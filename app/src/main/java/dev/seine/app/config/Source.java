package dev.seine.app.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One layer of configuration; later layers win over earlier ones, key by key. */
public sealed interface Source permits Source.Document, Source.Section, Source.Setting {

    /** A TOML document, {@code name} being what messages call it. */
    record Document(String name, String text) implements Source {}

    /** One table of a document, as if it were a document of its own; nothing if the document has no such table. */
    record Section(Document document, List<String> path) implements Source {}

    /** One value from the command line: a dotted key and the text after the equals sign. */
    record Setting(String key, String value) implements Source {}

    /** The documented defaults that come with the program. */
    static Document defaults() {
        return resource("defaults.toml");
    }

    /** A file of the user's. Fails if it cannot be read. */
    static Document file(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ConfigException("no configuration file " + file);
        }
        try {
            return new Document(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new ConfigException("configuration file " + file + " cannot be read: " + e);
        }
    }

    /** A recipe that comes with the program ({@code vanilla-rl}) or a path to one. Fails with the names of the known ones. */
    static Source recipe(String nameOrPath) {
        if (Recipes.names().contains(nameOrPath)) {
            return resource("recipes/" + nameOrPath + ".toml");
        }
        if (nameOrPath.endsWith(".toml")) {
            return file(Path.of(nameOrPath));
        }
        throw new ConfigException("no recipe " + nameOrPath + "; known recipes are "
                + String.join(", ", Recipes.names()) + ", or give the path of a .toml file");
    }

    /** An ablation grid that comes with the program ({@code method}) or a path to one. Fails with the names of the known ones. */
    static Document ablation(String nameOrPath) {
        if (Recipes.ablations().contains(nameOrPath)) {
            return resource("ablations/" + nameOrPath + ".toml");
        }
        if (nameOrPath.endsWith(".toml")) {
            return file(Path.of(nameOrPath));
        }
        throw new ConfigException("no ablation " + nameOrPath + "; known ones are "
                + String.join(", ", Recipes.ablations()) + ", or give the path of a .toml file");
    }

    /** An override written {@code section.key=value}. */
    static Source setting(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new ConfigException("--set wants section.key=value, got " + assignment);
        }
        return new Setting(
                assignment.substring(0, equals).strip(),
                assignment.substring(equals + 1).strip());
    }

    /** A document on the class path. */
    static Document resource(String name) {
        try (InputStream in = Source.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new ConfigException("no resource " + name + " on the class path");
            }
            return new Document(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + name, e);
        }
    }
}
