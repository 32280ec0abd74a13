package dev.seine.app.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A configuration tree in which every value knows where it was written. */
sealed interface Node {
    Origin origin();

    /** A value: a scalar or an array. */
    record Leaf(JsonNode value, Origin origin) implements Node {}

    /** A table; mutable, because layers are merged into it. */
    record Table(Map<String, Node> entries, Origin origin) implements Node {
        static Table empty(Origin origin) {
            return new Table(new LinkedHashMap<>(), origin);
        }

        /** The table at this path of keys; an empty one if there is none. */
        Table inner(List<String> path) {
            Table at = this;
            for (String key : path) {
                at = at.entries.get(key) instanceof Table table ? table : empty(at.origin);
            }
            return at;
        }

        /** Takes over every value of {@code over}, table by table, key by key. */
        Table merge(Table over) {
            over.entries.forEach((key, value) -> {
                if (value instanceof Table table && entries.get(key) instanceof Table mine) {
                    entries.put(key, new Table(mine.entries, table.origin).merge(table));
                } else {
                    entries.put(key, value);
                }
            });
            return this;
        }
    }

    /** The tree of one TOML document. */
    static Table of(String name, JsonNode tree, KeyLines lines) {
        return table(name, "", tree, lines);
    }

    /** The tree that holds one value at a dotted key. */
    static Table of(Source.Setting setting) {
        Origin origin = new Origin("--set " + setting.key(), 0, true);
        String[] keys = setting.key().split("\\.", -1);
        Table root = Table.empty(origin);
        Table table = root;
        for (int i = 0; i < keys.length - 1; i++) {
            Table inner = Table.empty(origin);
            table.entries().put(keys[i], inner);
            table = inner;
        }
        table.entries().put(keys[keys.length - 1], new Leaf(TextNode.valueOf(setting.value()), origin));
        return root;
    }

    private static Table table(String name, String path, JsonNode tree, KeyLines lines) {
        Table table = Table.empty(new Origin(name, lines.line(path), false));
        tree.properties().forEach(entry -> {
            String key = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            JsonNode value = entry.getValue();
            table.entries()
                    .put(
                            entry.getKey(),
                            value.isObject()
                                    ? table(name, key, value, lines)
                                    : new Leaf(value, new Origin(name, lines.line(key), false)));
        });
        return table;
    }
}
