package dev.seine.app.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** One layer of configuration; later layers win over earlier ones, key by key. */
public sealed interface Source permits Source.Document, Source.Setting {

    /** A TOML document, {@code name} being what messages call it. */
    record Document(String name, String text) implements Source {}

    /** One value from the command line: a dotted key and the text after the equals sign. */
    record Setting(String key, String value) implements Source {}

    /** The documented defaults that come with the program. */
    static Source defaults() {
        return resource("defaults.toml");
    }

    /** A file of the user's. Fails if it cannot be read. */
    static Source file(Path file) {
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
    static Source resource(String name) {
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
