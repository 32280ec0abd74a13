package dev.seine.app.train;

import dev.seine.app.config.ConfigException;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.store.LocalStore;
import dev.seine.policy.store.RunStore;
import dev.seine.producers.retrieval.Retriever;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A checkpoint that can be asked.
 *
 * @param label for tables and plots
 * @param version of the weights; 0 for the cold start, -1 for a file of its own
 */
record Candidate(String label, RunFolder folder, RunConfig config, Path weights, long version) {
    private static final String SUFFIX = ".safetensors";
    private static final String COLD_START = "cold-start";
    private static final String NEWEST = "newest";

    /**
     * A checkpoint by name: {@code newest}, {@code cold-start}, a version such as {@code v40} or {@code 40}, or a file. What the run's store has and its
     * folder here has not is fetched.
     *
     * @param prefix put before the label, to tell runs apart; may be empty
     * @throws ConfigException naming the versions there are, if it is not there
     */
    static Candidate of(String name, String prefix, RunFolder folder, RunConfig config) {
        try (RunStore store = config.store().open(folder.root(), "weights")) {
            return of(name, prefix, folder, config, store);
        }
    }

    static Candidate of(String name, String prefix, RunFolder folder, RunConfig config, RunStore store) {
        if (name.equals(COLD_START)) {
            return new Candidate(
                    prefix + name, folder, config, existing(name, folder, folder.coldStartWeights(), store), 0);
        }
        if (name.equals(NEWEST)) {
            List<Long> versions = versions(folder, store);
            return versions.isEmpty()
                    ? of(COLD_START, prefix, folder, config, store)
                    : of("v" + versions.get(versions.size() - 1), prefix, folder, config, store);
        }
        if (name.matches("v?\\d{1,9}")) {
            long version = Long.parseLong(name.replace("v", ""));
            Path file = existing(name, folder, folder.weights(version), store);
            return new Candidate(prefix + "v" + version, folder, config, file, version);
        }
        Path file = Path.of(name); // of no run: no store has it
        return new Candidate(
                prefix + file.getFileName().toString().replace(SUFFIX, ""),
                folder,
                config,
                existing(name, folder, file, new LocalStore(folder.root())),
                -1);
    }

    private static Path existing(String name, RunFolder folder, Path file, RunStore store) {
        if (!store.has(file)) {
            throw new ConfigException("no weights " + name + " (" + file + "); " + folder.root() + " has " + COLD_START
                    + " and versions " + versions(folder, store));
        }
        return file;
    }

    /** Versions whose weights are in the folder or its store, in order. */
    private static List<Long> versions(RunFolder folder, RunStore store) {
        return Stream.concat(
                        versions(folder).stream(),
                        store.list(folder.weights()).stream().flatMap(Candidate::version))
                .distinct()
                .sorted()
                .toList();
    }

    /** Versions whose weights are in the folder, in order. */
    static List<Long> versions(RunFolder folder) {
        if (!Files.isDirectory(folder.weights())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder.weights())) {
            return files.flatMap(Candidate::version).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder.weights(), e);
        }
    }

    private static Stream<Long> version(Path file) {
        String name = file.getFileName().toString();
        return name.matches("v\\d+\\" + SUFFIX) ? Stream.of(Long.parseLong(name.replaceAll("\\D", ""))) : Stream.of();
    }

    /** Work on the loaded policy. */
    interface Work {
        void on(Evaluator evaluator);
    }

    /** Loads the policy with its run's corpus and lets it be asked. */
    void ask(Work work) {
        try (Tokenizer tokenizer = Tokenizer.load(folder.tokenizer());
                Retriever retriever = new Preparation(folder, config, line -> {}).retriever();
                Evaluator evaluator =
                        new Evaluator(config, ModelConfig.read(folder.modelConfig()), weights, tokenizer, retriever)) {
            work.on(evaluator);
        }
    }
}
