package dev.seine.producers.generator;

import dev.seine.policy.store.Pointer;
import dev.seine.policy.store.RunStore;
import dev.seine.policy.store.Sought;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Says of every file what it is told to. */
record SlowStore(Function<Pointer, Sought> sought) implements RunStore {
    @Override
    public Sought find(Pointer pointer) {
        return sought.apply(pointer);
    }

    @Override
    public Optional<Path> fetch(Pointer pointer) {
        throw new UnsupportedOperationException("a generator does not wait");
    }

    @Override
    public URI put(Path file, String sha256) {
        throw new UnsupportedOperationException("a generator puts nothing");
    }

    @Override
    public void remove(Path file) {
        throw new UnsupportedOperationException("a generator removes nothing");
    }

    @Override
    public List<Path> list(Path folder) {
        return List.of();
    }

    @Override
    public boolean restore(Path file) {
        return false;
    }

    @Override
    public void close() {}
}
