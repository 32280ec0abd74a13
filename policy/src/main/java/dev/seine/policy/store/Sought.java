package dev.seine.policy.store;

import java.nio.file.Path;
import java.util.Optional;

/** How it stands with a file that a pointer leads to. */
public sealed interface Sought {
    /**
     * It is on this machine.
     *
     * @param file where; whoever reads it checks its checksum and is ready for its being removed meanwhile
     */
    record Here(Path file) implements Sought {}

    /** It is being fetched, or the store is away for the moment: ask again. */
    record Coming() implements Sought {}

    /** The store does not have it (any more). */
    record Gone() implements Sought {}

    /** Here, or gone. */
    static Sought of(Optional<Path> file) {
        return file.<Sought>map(Here::new).orElseGet(Gone::new);
    }
}
