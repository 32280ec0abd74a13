package dev.seine.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import picocli.CommandLine.IVersionProvider;

/** Versions of the program and of what it is built on. */
public final class Versions implements IVersionProvider {
    private static final String RESOURCE = "version.properties";

    /** By name: {@code seine}, {@code kafka}, {@code djl}, {@code pytorch}, {@code lucene}, {@code java}. */
    public static Map<String, String> all() {
        Properties properties = new Properties();
        try (InputStream in = Versions.class.getResourceAsStream(RESOURCE)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + RESOURCE, e);
        }
        Map<String, String> versions = new TreeMap<>();
        properties.forEach((name, version) -> versions.put(name.toString(), version.toString()));
        versions.put("java", Runtime.version().toString());
        return versions;
    }

    @Override
    public String[] getVersion() {
        Map<String, String> versions = all();
        String[] others = versions.entrySet().stream()
                .filter(entry -> !entry.getKey().equals("seine"))
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .toArray(String[]::new);
        return new String[] {"seine " + versions.get("seine"), String.join(", ", others)};
    }
}
