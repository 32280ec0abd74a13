package dev.seine.policy.store;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Copies of a run's files, for machines that do not see its folder. A copy has the name that its file has in the folder. For use by one
 * thread.
 *
 * <p>Whatever asks the store and waits for its answer may throw {@link StoreUnavailable}, and an {@link IllegalStateException} if the store
 * refuses: no such bucket, no right.
 */
public interface RunStore extends AutoCloseable {
    /**
     * Copies a file of the run folder that is whole and will not change. The copy appears whole or not at all.
     *
     * @param sha256 its checksum, kept beside the copy
     * @return where others find it
     */
    URI put(Path file, String sha256);

    /** Forgets the copy of a file; one that is not there is ignored, and the file itself is left alone. */
    void remove(Path file);

    /** Files anywhere under this folder of the run that have copies, whether or not they are on this machine. */
    List<Path> list(Path folder);

    /**
     * Brings a file of the run folder back from its copy, with the checksum kept beside that. Returns whether there was one.
     *
     * @throws java.io.UncheckedIOException if the copy is damaged, or the file cannot be written
     */
    boolean restore(Path file);

    /** Whether a file of the run folder is there, brought back from its copy if it was not; fails as {@link #restore}. */
    default boolean has(Path file) {
        return Files.isRegularFile(file) || restore(file);
    }

    /**
     * How it stands with the file at a pointer. Does not wait: what is not on this machine is fetched in the background, checked for size
     * and checksum, and is here when it is asked for later. Several pointers may be asked for in turn, one is fetched at a time.
     *
     * @throws IllegalArgumentException if the pointer does not lead into this store
     */
    Sought find(Pointer pointer);

    /**
     * The file at a pointer, fetched if it is not on this machine; empty if it is not there (any more).
     *
     * @throws IllegalArgumentException if the pointer does not lead into this store
     * @throws java.io.UncheckedIOException if what is there is another file than announced
     */
    Optional<Path> fetch(Pointer pointer);

    @Override
    void close();
}
