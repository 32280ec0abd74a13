package dev.seine.app.viewer;

import dev.seine.app.replay.Archive;
import dev.seine.app.train.Cluster;
import dev.seine.app.train.RunFolder;
import dev.seine.app.train.RunOptions;
import dev.seine.app.train.StopSignal;
import dev.seine.policy.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine view}: the run as web pages on this machine. */
@Command(
        name = "view",
        description = "Show a run in the browser: steps, groups, trajectories, tokens. For this machine only.",
        mixinStandardHelpOptions = true)
public final class ViewCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Mixin
    private RunOptions options;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port on 127.0.0.1; 0 takes a free one (default: ${DEFAULT-VALUE}).",
            defaultValue = "8990")
    private int port;

    @Override
    public Integer call() throws InterruptedException {
        RunFolder folder = options.folder();
        Optional<Tokenizer> tokenizer =
                Files.exists(folder.tokenizer()) ? Optional.of(Tokenizer.load(folder.tokenizer())) : Optional.empty();
        try (StopSignal stop = StopSignal.listen(PATIENCE);
                Cluster cluster = options.observe(refused -> {});
                Archive archive = new Archive(cluster.clients(), folder.index());
                Pages pages = new Pages(port, new RunPages(name(folder), config(folder), archive, text(tokenizer)))) {
            RunFolder.write(folder.viewer(), pages.url());
            System.out.println(pages.url() + "  (Ctrl-C ends it)");
            stop.await();
        } finally {
            tokenizer.ifPresent(Tokenizer::close);
            close(folder);
        }
        return ExitCode.OK;
    }

    private static void close(RunFolder folder) {
        try {
            Files.deleteIfExists(folder.viewer());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder.viewer(), e);
        }
    }

    private static IntFunction<String> text(Optional<Tokenizer> tokenizer) {
        return id -> tokenizer.map(t -> t.decode(new int[] {id})).orElse("");
    }

    private static String name(RunFolder folder) {
        return String.valueOf(folder.root().getFileName());
    }

    private static String config(RunFolder folder) {
        try {
            return folder.begun() ? Files.readString(folder.config()) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder.config(), e);
        }
    }
}
