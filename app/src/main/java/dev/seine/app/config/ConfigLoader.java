package dev.seine.app.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.util.List;

/**
 * Layers of TOML, merged and bound to a record. Every key that a record knows must be given by some layer (the defaults
 * give all), and no layer may give another: whoever misspells a key learns of it, with the known ones.
 */
public final class ConfigLoader {
    private static final TomlMapper TOML = new TomlMapper();

    private ConfigLoader() {}

    /**
     * The record that the layers describe, later ones winning. Components are bound by name ({@code groupSize} to
     * {@code group-size}); see {@link Values} for their types.
     *
     * @throws ConfigException with one line for each unknown key, wrong type, missing or refused value
     */
    public static <T extends Record> T load(Class<T> type, List<Source> sources) {
        Node.Table merged = Node.Table.empty(new Origin("configuration", 0, false));
        sources.forEach(source -> merged.merge(tree(source)));
        return new Binder().bind(type, merged);
    }

    private static Node.Table tree(Source source) {
        if (source instanceof Source.Document document) {
            return Node.of(document.name(), parse(document), new KeyLines(document.text()));
        }
        if (source instanceof Source.Section section) {
            return tree(section.document()).inner(section.path());
        }
        return Node.of((Source.Setting) source);
    }

    private static JsonNode parse(Source.Document document) {
        try {
            return TOML.readTree(document.text());
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String place = at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
            throw new ConfigException(document.name() + place + ": not TOML: " + e.getOriginalMessage());
        }
    }

    /** The text of a command-line value read as TOML, or the text itself where it is none. */
    static JsonNode parseValue(JsonNode text) {
        try {
            return TOML.readTree("value = " + text.textValue()).get("value");
        } catch (JsonProcessingException e) {
            return text;
        }
    }
}
