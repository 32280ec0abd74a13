package dev.seine.policy.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * No copies: every role sees the files where they were written.
 *
 * @param root folder that they must lie under, links followed
 */
public record LocalStore(Path root) implements RunStore {
    @Override
    public URI put(Path file, String sha256) {
        return file.toUri();
    }

    @Override
    public void remove(Path file) {}

    @Override
    public List<Path> list(Path folder) {
        return List.of();
    }

    @Override
    public boolean restore(Path file) {
        return false;
    }

    @Override
    public Sought find(Pointer pointer) {
        return Sought.of(fetch(pointer));
    }

    /** Size and checksum are left to who reads the file. */
    @Override
    public Optional<Path> fetch(Pointer pointer) {
        Path file;
        try {
            file = Path.of(pointer.uri());
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            throw new IllegalArgumentException("expected a file URI, got " + pointer.uri(), e);
        }
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Path real = file.toRealPath();
            if (!real.startsWith(root.toRealPath())) {
                throw new IllegalArgumentException("expected a file under " + root + ", got " + real);
            }
            return Optional.of(file);
        } catch (IOException e) {
            if (!Files.exists(file)) {
                return Optional.empty(); // just removed
            }
            throw new IllegalArgumentException(file + " cannot be resolved: " + e, e);
        }
    }

    @Override
    public void close() {}
}
