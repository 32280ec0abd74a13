package dev.seine.streams;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Published data that tests compare with; tests are skipped where it is absent. */
public final class Shared {
    private Shared() {}

    public static Path file(String name) {
        Path file =
                Path.of(System.getProperty("seine.shared", "")).resolve("data").resolve(name);
        Assumptions.assumeTrue(
                Files.exists(file), "no published data: set -Dseine.shared to its folder, not at " + file);
        return file;
    }
}
