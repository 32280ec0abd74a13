package dev.seine.learner;

import dev.seine.policy.Sha256;
import dev.seine.policy.store.Pointer;
import dev.seine.policy.store.RunStore;
import dev.seine.policy.store.Sought;
import dev.seine.policy.store.StoreUnavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Copies in another folder, of a run in this one; may be away for a while. */
final class FolderStore implements RunStore {
    private final Path run;
    private final Path copies;
    private final Map<Path, String> sums;
    /** Requests that are answered before the store is away. */
    int answers = Integer.MAX_VALUE;

    FolderStore(Path run, Path copies) {
        this(run, copies, new HashMap<>());
    }

    private FolderStore(Path run, Path copies, Map<Path, String> sums) {
        this.run = run;
        this.copies = copies;
        this.sums = sums;
    }

    /** The same copies, for another machine. */
    FolderStore on(Path otherRun) {
        return new FolderStore(otherRun, copies, sums);
    }

    /** The copy of a file. */
    Path copy(Path file) {
        return copies.resolve(run.relativize(file));
    }

    private void ask() {
        if (answers-- <= 0) {
            throw new StoreUnavailable("the store is away", new ConnectException());
        }
    }

    @Override
    public URI put(Path file, String sha256) {
        ask();
        try {
            Files.createDirectories(copy(file).getParent());
            Files.copy(file, copy(file), StandardCopyOption.REPLACE_EXISTING);
            sums.put(copy(file), sha256);
            return copy(file).toUri();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void remove(Path file) {
        ask();
        try {
            Files.deleteIfExists(copy(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Path> list(Path folder) {
        ask();
        if (!Files.exists(copy(folder))) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(copy(folder))) {
            return all.filter(Files::isRegularFile)
                    .map(file -> run.resolve(copies.relativize(file)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean restore(Path file) {
        ask();
        if (!Files.exists(copy(file))) {
            return false;
        }
        if (!Sha256.of(copy(file)).equals(sums.get(copy(file)))) {
            throw new UncheckedIOException(new IOException(file + " has another checksum"));
        }
        try {
            Files.createDirectories(file.getParent());
            Files.copy(copy(file), file);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Sought find(Pointer pointer) {
        throw new UnsupportedOperationException("a learner follows no pointers");
    }

    @Override
    public Optional<Path> fetch(Pointer pointer) {
        throw new UnsupportedOperationException("a learner follows no pointers");
    }

    @Override
    public void close() {}
}
