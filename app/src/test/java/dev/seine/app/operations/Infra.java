package dev.seine.app.operations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files under {@code infra/}, as maps and lists. */
public final class Infra {
    /** Where they are. */
    public static final Path FOLDER = Path.of("..", "infra");

    private Infra() {}

    /** The documents of a YAML file. */
    public static List<Map<String, Object>> yaml(Path file) throws IOException {
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        List<Map<String, Object>> documents = new ArrayList<>();
        StreamSupport.stream(yaml.loadAll(Files.readString(file)).spliterator(), false)
                .forEach(document -> documents.add(map(document)));
        return documents;
    }

    /** All resources for Kubernetes. */
    public static List<Map<String, Object>> resources() throws IOException {
        List<Map<String, Object>> resources = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER.resolve("kubernetes"))) {
            for (Path file : files.sorted().toList()) {
                resources.addAll(yaml(file));
            }
        }
        return resources;
    }

    /** Those of a kind, by name. */
    public static Map<String, Map<String, Object>> resources(String kind) throws IOException {
        Map<String, Map<String, Object>> found = new TreeMap<>();
        for (Map<String, Object> resource : resources()) {
            if (kind.equals(resource.get("kind"))) {
                found.put((String) at(resource, "metadata", "name"), resource);
            }
        }
        return found;
    }

    /** What lies at a path of keys and list indices; null if there is nothing. */
    public static Object at(Object node, Object... path) {
        Object here = node;
        for (Object step : path) {
            if (here == null) {
                return null;
            }
            here = step instanceof Integer index
                    ? ((List<?>) here).get(index)
                    : map(here).get(step);
        }
        return here;
    }

    /** Every value of a key, at any depth. */
    public static Stream<Object> all(Object node, String key) {
        if (node instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .flatMap(entry -> Stream.concat(
                            entry.getKey().equals(key) ? Stream.of(entry.getValue()) : Stream.empty(),
                            all(entry.getValue(), key)));
        }
        return node instanceof List<?> list ? list.stream().flatMap(each -> all(each, key)) : Stream.empty();
    }

    /** A list of texts. */
    public static List<String> texts(Object node) {
        return node == null
                ? List.of()
                : ((List<?>) node).stream().map(String::valueOf).toList();
    }

    /** A map. */
    @SuppressWarnings("unchecked") // keys of YAML that we wrote are texts
    public static Map<String, Object> map(Object node) {
        return (Map<String, Object>) node;
    }
}
