package dev.seine.app.viewer;

import dev.seine.app.replay.Archive;
import dev.seine.app.train.Cluster;
import dev.seine.app.train.RunFolder;
import dev.seine.app.train.RunOptions;
import dev.seine.policy.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Optional;

/** A run with its log and index open. */
final class OpenRun implements Shelf.Opened {
    private final Optional<Tokenizer> tokenizer;
    private final Cluster cluster;
    private final Archive archive;
    private final RunPages pages;

    /** Opens the run and brings its index up to its log. */
    OpenRun(String name, RunOptions options) {
        RunFolder folder = options.folder();
        tokenizer =
                Files.exists(folder.tokenizer()) ? Optional.of(Tokenizer.load(folder.tokenizer())) : Optional.empty();
        cluster = options.observe(refused -> {});
        archive = new Archive(cluster.clients(), folder.index());
        pages = new RunPages(name, config(folder), archive, this::text);
    }

    @Override
    public RunPages pages() {
        return pages;
    }

    @Override
    public void close() {
        try (cluster;
                archive) {
            tokenizer.ifPresent(Tokenizer::close);
        }
    }

    private String text(int token) {
        return tokenizer.map(t -> t.decode(new int[] {token})).orElse("");
    }

    private static String config(RunFolder folder) {
        try {
            return folder.begun() ? Files.readString(folder.config()) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder.config(), e);
        }
    }
}
