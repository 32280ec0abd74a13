package dev.seine.app.search;

import dev.seine.app.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code seine synthetic-corpus}: passages to measure imports and searches with. */
@Command(
        name = "synthetic-corpus",
        description = "Write a made-up corpus of any size, to measure imports and searches with.",
        mixinStandardHelpOptions = true)
public final class SyntheticCorpusCommand implements Callable<Integer> {
    @Option(
            names = "--passages",
            paramLabel = "N",
            description = "How many (default: ${DEFAULT-VALUE}).",
            defaultValue = "1000000")
    private long passages;

    @Option(names = "--seed", paramLabel = "N", description = "Seed (default: ${DEFAULT-VALUE}).", defaultValue = "1")
    private long seed;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "JSONL file to write.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        new SyntheticCorpus(seed).write(out, passages);
        System.out.printf("%s: %,d passages%n", out, passages);
        return Main.DONE;
    }
}
