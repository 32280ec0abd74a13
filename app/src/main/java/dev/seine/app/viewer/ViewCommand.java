package dev.seine.app.viewer;

import dev.seine.app.config.ConfigException;
import dev.seine.app.train.RunFolder;
import dev.seine.app.train.RunOptions;
import dev.seine.app.train.StopSignal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine view}: runs as web pages on this machine. */
@Command(
        name = "view",
        description = "Show runs in the browser: steps, groups, trajectories, tokens. For this machine only.",
        mixinStandardHelpOptions = true)
public final class ViewCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Mixin
    private RunOptions options;

    @Option(
            names = "--also",
            paramLabel = "DIR",
            description = "Folder of another run to show beside it; may be repeated.")
    private List<Path> also = new ArrayList<>();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port on 127.0.0.1; 0 takes a free one (default: ${DEFAULT-VALUE}).",
            defaultValue = "8990")
    private int port;

    @Override
    public Integer call() throws InterruptedException {
        RunFolder folder = options.folder();
        try (StopSignal stop = StopSignal.listen(PATIENCE);
                Shelf runs = new Shelf(openers());
                Pages pages = new Pages(port, runs)) {
            var unused = runs.run(Optional.empty()); // one that cannot be opened is said now
            RunFolder.write(folder.viewer(), pages.url());
            System.out.println(pages.url() + "  (Ctrl-C ends it)");
            stop.await();
        } finally {
            close(folder);
        }
        return ExitCode.OK;
    }

    /** Runs by the names of their folders; by their whole paths where two are called the same. */
    private Map<String, Supplier<OpenRun>> openers() {
        Map<String, Supplier<OpenRun>> openers = new LinkedHashMap<>();
        Stream.concat(Stream.of(options), also.stream().map(options::at)).forEach(run -> {
            Path root = run.folder().root();
            String name = String.valueOf(root.getFileName());
            String unique = openers.containsKey(name) ? root.toString() : name;
            if (!run.known() && run != options) {
                throw new ConfigException("--also: no run in " + root);
            }
            openers.put(unique, () -> new OpenRun(unique, run));
        });
        return openers;
    }

    private static void close(RunFolder folder) {
        try {
            Files.deleteIfExists(folder.viewer());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder.viewer(), e);
        }
    }
}
