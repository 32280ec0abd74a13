package dev.seine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./seine} in a folder that only looks like ours: its wrapper counts builds, its program tells what it got. */
class LauncherTest {
    private static final String PROGRAM =
            """
            package dev.seine.app;
            public class Main {
                public static void main(String[] args) {
                    System.out.println(String.join("|", args) + " " + System.getProperty("flag") + " "
                            + System.getProperty("greeting") + " " + System.getenv("GOMP_SPINCOUNT"));
                    System.exit(args.length > 0 && args[0].equals("replay") ? 0 : args.length);
                }
            }
            """;

    private record Result(int code, String out, String err) {}

    @TempDir
    private Path folder;

    private Path home;

    @BeforeEach
    void lookAlike() throws IOException {
        Path script = Path.of("").toAbsolutePath().resolveSibling("seine");
        assumeTrue(Files.isExecutable(script) && Files.isExecutable(Path.of("/bin/sh")), "no launcher or no shell");
        home = Files.createDirectories(folder.resolve("home of seine"));
        Files.copy(script, home.resolve("seine")).toFile().setExecutable(true);
        Files.writeString(home.resolve("pom.xml"), "");
        Path source = Files.createDirectories(home.resolve("app/src/main")).resolve("Main.java");
        Files.writeString(home.resolve("app/pom.xml"), "");
        Files.writeString(source, PROGRAM);
        Path classes = Files.createDirectories(home.resolve("built"));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "--release", "17", "-d", classes.toString(), source.toString());
        assertThat(compiled).isZero();
        Files.writeString(classes.resolve("jvm.options"), "-Dflag=on\n");
        int packed = java.util.spi.ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(System.out, System.err, "-cf", classes + "/program.jar", "-C", classes.toString(), "dev");
        assertThat(packed).isZero();
        wrapper("echo built >> builds; mkdir -p app/target/classes app/target/lib;"
                + " cp built/jvm.options app/target/classes/; cp built/program.jar app/target/lib/");
    }

    @Test
    void buildsOnceAndPassesArgumentsFlagsAndExitCode() throws Exception {
        Result first = seine(home, Map.of("SEINE_OPTS", "-Dgreeting=ahoy"), "./seine", "a b", "c");
        Result second = seine(home, Map.of(), "./seine");

        assertThat(first.out()).isEqualTo("a b|c on ahoy 1000\n");
        assertThat(first.code()).isEqualTo(2);
        assertThat(first.err()).startsWith("seine: building with JDK ").endsWith(" done\n");
        assertThat(second).isEqualTo(new Result(0, " on null 1000\n", ""));
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void buildsAgainAfterASourceHasChanged() throws Exception {
        seine(home, Map.of(), "./seine");
        Files.setLastModifiedTime(
                home.resolve("app/src/main/Main.java"),
                FileTime.from(Instant.now().plusSeconds(2)));
        seine(home, Map.of(), "./seine");

        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void whatALookHasLoadedIsKeptOnceItEndsWell() throws Exception {
        seine(home, Map.of(), "./seine");
        assertThat(seine(home, Map.of(), "./seine", "topics").code()).isEqualTo(1);
        assertThat(seine(home, Map.of(), "./seine", "replay", "--help").code()).isZero();
        assertThat(kept()).isEmpty();

        Result first = seine(home, Map.of(), "./seine", "replay", "x y");
        Result second = seine(home, Map.of(), "./seine", "replay", "x y");

        assertThat(first).isEqualTo(new Result(0, "replay|x y on null 1000\n", ""));
        assertThat(second).isEqualTo(first);
        assertThat(kept()).singleElement().asString().matches("replay-\\d+\\.(jsa|aot)");
    }

    @Test
    void worksFromAnyFolderThroughLinks() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("one"), Path.of("../home of seine/seine"));
        Files.createSymbolicLink(bin.resolve("two"), bin.resolve("one"));

        assertThat(seine(folder, Map.of(), "bin/two", "x").out()).startsWith("x on");
    }

    @Test
    void failedBuildShowsTheEndOfItsLog() throws Exception {
        wrapper("echo '[ERROR] no such artifact'; exit 1");

        Result result = seine(home, Map.of(), "./seine");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .contains(" failed\n[ERROR] no such artifact\n")
                .endsWith("seine: the build failed; the whole log is in " + home.toRealPath()
                        + "/app/target/build.log\n");
    }

    @Test
    void wrongJdkIsNamed() throws Exception {
        assertThat(seine(home, Map.of("SEINE_JAVA_HOME", "/nowhere"), "./seine"))
                .isEqualTo(new Result(
                        1, "", "seine: SEINE_JAVA_HOME is /nowhere, where there is no JDK (bin/java and bin/javac)\n"));
    }

    private void wrapper(String commands) throws IOException {
        Path wrapper = Files.writeString(home.resolve("mvnw"), "#!/bin/sh\n" + commands + "\n");
        assertThat(wrapper.toFile().setExecutable(true)).isTrue();
    }

    private List<String> kept() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("app/target"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.contains(".jsa") || name.contains(".aot"))
                    .toList();
        }
    }

    private long builds() throws IOException {
        try (Stream<String> lines = Files.lines(home.resolve("builds"))) {
            return lines.count();
        }
    }

    private Result seine(Path from, Map<String, String> environment, String... command) throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(shell(from, command)).directory(from.toFile());
        builder.environment().keySet().removeAll(List.of("SEINE_OPTS", "GOMP_SPINCOUNT", "JDK_JAVA_OPTIONS"));
        builder.environment().put("SEINE_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), read(out), read(err));
    }

    private static List<String> shell(Path from, String... command) {
        return Stream.concat(
                        Stream.of(from.resolve(command[0]).toString()),
                        Arrays.stream(command).skip(1))
                .toList();
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
