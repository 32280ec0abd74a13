package dev.seine.app.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The TOML files that come with the program: {@code recipes/NAME.toml} and {@code ablations/NAME.toml} on the class path. */
public final class Recipes {
    private static final String RECIPES = "recipes";
    private static final String ABLATIONS = "ablations";
    private static final String SUFFIX = ".toml";

    private Recipes() {}

    /** The recipes' names, sorted; empty if there are none. */
    public static List<String> names() {
        return names(RECIPES);
    }

    /** The ablation grids' names, sorted; empty if there are none. */
    public static List<String> ablations() {
        return names(ABLATIONS);
    }

    private static List<String> names(String from) {
        URL folder = Recipes.class.getClassLoader().getResource(from);
        if (folder == null) {
            return List.of();
        }
        try {
            URI uri = folder.toURI();
            if (!uri.getScheme().equals("jar")) {
                return list(Path.of(uri));
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return list(jar.getPath(from));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("recipes at " + folder, e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("recipes at " + folder, e);
        }
    }

    private static List<String> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        }
    }
}
