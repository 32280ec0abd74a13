package dev.seine.learner;

import dev.seine.policy.Sha256;
import dev.seine.policy.store.RunStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Copies of a run's checkpoints in its store, for a learner that goes on elsewhere. The state is put last and removed first, and without it a
 * copy does not count: it is whole or not there.
 */
final class CheckpointCopies {
    private final Path dir;
    private final int keep;
    private final RunStore store;

    /**
     * @param dir folder of the checkpoints
     * @param keep newest copies kept
     */
    CheckpointCopies(Path dir, int keep, RunStore store) {
        this.dir = dir;
        this.keep = keep;
        this.store = store;
    }

    /** Steps of the copies that are whole. */
    NavigableSet<Long> steps() {
        return whole(files());
    }

    /** Copies a checkpoint, in place of any of its step, and removes those beyond the newest. May be repeated. */
    void put(Checkpoint checkpoint) {
        Path state = checkpoint.folder().resolve(Checkpoint.STATE);
        store.remove(state);
        for (String file : Checkpoint.FILES) {
            store.put(
                    checkpoint.folder().resolve(file),
                    Objects.requireNonNull(checkpoint.state().files().get(file), file));
        }
        store.put(state, Sha256.of(state));
        prune();
    }

    /**
     * Brings the copy of a step back into its folder.
     *
     * @throws java.io.UncheckedIOException if it is damaged
     */
    void restore(long step) {
        Path folder = Checkpoints.folder(dir, step);
        for (String file : Checkpoint.FILES) {
            store.restore(folder.resolve(file));
        }
        store.restore(folder.resolve(Checkpoint.STATE));
    }

    /** Also what was only begun, once there is a newer one. */
    private void prune() {
        NavigableMap<Long, List<Path>> files = files();
        List<Long> whole = new ArrayList<>(whole(files));
        if (whole.isEmpty()) {
            return;
        }
        List<Long> kept = whole.subList(Math.max(0, whole.size() - keep), whole.size());
        files.headMap(whole.get(whole.size() - 1)).forEach((step, of) -> {
            if (!kept.contains(step)) {
                store.remove(Checkpoints.folder(dir, step).resolve(Checkpoint.STATE));
                of.forEach(store::remove);
            }
        });
    }

    private static NavigableSet<Long> whole(Map<Long, List<Path>> files) {
        NavigableSet<Long> steps = new TreeSet<>();
        files.forEach((step, of) -> {
            if (of.stream().anyMatch(file -> file.endsWith(Checkpoint.STATE))) {
                steps.add(step);
            }
        });
        return steps;
    }

    private NavigableMap<Long, List<Path>> files() {
        NavigableMap<Long, List<Path>> files = new TreeMap<>();
        for (Path file : store.list(dir)) {
            Path folder = Objects.requireNonNull(file.getParent(), file::toString);
            Checkpoints.step(folder).ifPresent(step -> files.computeIfAbsent(step, any -> new ArrayList<>())
                    .add(file));
        }
        return files;
    }
}
