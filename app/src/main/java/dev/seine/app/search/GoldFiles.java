package dev.seine.app.search;

import dev.seine.app.config.ConfigException;
import dev.seine.app.search.GoldQuestions.Gold;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Files of commands that search a corpus for questions whose passages are known. */
final class GoldFiles {
    @Option(names = "--questions", required = true, paramLabel = "FILE", description = "Questions with gold titles.")
    private Path questions;

    @Option(names = "--corpus", required = true, paramLabel = "FILE", description = "Passages.")
    private Path corpus;

    @Option(
            names = "--vectors",
            paramLabel = "DIR",
            description = "Vectors are kept here for the next time (default: ${DEFAULT-VALUE}).",
            defaultValue = "runs/vectors")
    private Path vectors;

    /**
     * The questions; lines that are none are named on standard error.
     *
     * @throws ConfigException if there is no corpus to search for them
     */
    List<Gold> questions() {
        if (!Files.isRegularFile(corpus)) {
            throw new ConfigException("no corpus file " + corpus);
        }
        return GoldQuestions.read(questions, line -> System.err.println("left out " + line));
    }

    /** What searches the corpus as configured. */
    Retrievers retrievers(SearchConfig config, int maxPassageChars) {
        return new Retrievers(config, corpus, maxPassageChars, vectors, System.getenv(), System.err::println);
    }
}
