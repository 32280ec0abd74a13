package dev.seine.learner;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.seine.policy.Sha256;
import dev.seine.policy.store.RunStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run: weights, optimizer, memory, offsets and books as one unit, in folders {@code step-000123}. A folder is written
 * under another name, forced to disk and renamed, so that it is whole or not there; what is damaged later is found by its checksums, and
 * its copy is used if there is one, or else the one before it.
 */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final String PREFIX = "step-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{6,18})");
    private static final String PART = ".part";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final ObjectMapper LINES = new ObjectMapper();

    private final Path dir;
    private final int keep;
    private final CheckpointCopies copies;

    /**
     * @param run folder of the run
     * @param keep newest ones kept, here and of the copies
     * @param store of the copies; it stays the caller's
     */
    Checkpoints(Path run, int keep, RunStore store) {
        this.dir = run.resolve("checkpoints");
        this.keep = keep;
        this.copies = new CheckpointCopies(dir, keep, store);
    }

    /** Where a folder of checkpoints has the one of a step. */
    static Path folder(Path dir, long step) {
        return dir.resolve(String.format("%s%06d", PREFIX, step));
    }

    /** The step of a checkpoint's folder; empty if it is none. */
    static Optional<Long> step(Path folder) {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        return name.matches() ? Optional.of(Long.valueOf(name.group(1))) : Optional.empty();
    }

    /** Writes one and removes those beyond the newest. */
    Checkpoint save(CheckpointState state, Trainer trainer, List<Recollection> memory) {
        Path folder = folder(dir, state.step());
        Path part = dir.resolve(folder.getFileName() + PART);
        try {
            delete(part);
            Files.createDirectories(part);
            trainer.decoder().save(part.resolve(Checkpoint.MODEL));
            trainer.saveOptimizer(part.resolve(Checkpoint.OPTIMIZER));
            writeMemory(part.resolve(Checkpoint.MEMORY), memory);
            Map<String, String> checksums = new TreeMap<>();
            for (String file : Checkpoint.FILES) {
                checksums.put(file, Sha256.of(part.resolve(file)));
            }
            CheckpointState whole = state.withFiles(checksums);
            Files.write(part.resolve(Checkpoint.STATE), JSON.writeValueAsBytes(whole));
            force(part.resolve(Checkpoint.MEMORY));
            force(part.resolve(Checkpoint.STATE));
            delete(folder);
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
            forceFolder(dir);
            prune();
            return new Checkpoint(folder, whole, memory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write checkpoint " + folder, e);
        }
    }

    /** Copies one to the store. May be repeated. */
    void copy(Checkpoint checkpoint) {
        copies.put(checkpoint);
    }

    /** Whether the store has a copy of one. */
    boolean copied(Checkpoint checkpoint) {
        return copies.steps().contains(checkpoint.state().step());
    }

    /** The newest that is whole, fetched if only its copy is; damaged ones are passed over with a warning. */
    Optional<Checkpoint> latest() {
        return latestBefore(Long.MAX_VALUE);
    }

    /** The newest that is whole and from which step {@code step} can still be done. */
    Optional<Checkpoint> latestBefore(long step) {
        Set<Long> copied = copies.steps();
        NavigableSet<Long> all = new TreeSet<>(steps());
        all.addAll(copied);
        return all.headSet(step, false).descendingSet().stream()
                .flatMap(s -> here(s).or(() -> copied.contains(s) ? restored(s) : Optional.empty()).stream())
                .findFirst();
    }

    private Optional<Checkpoint> here(long step) {
        Path folder = folder(dir, step);
        try {
            return Files.exists(folder) ? Optional.of(load(folder)) : Optional.empty();
        } catch (IOException | IllegalArgumentException | UncheckedIOException e) {
            LOG.warn("checkpoint {} is damaged and passed over: {}", folder, e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Checkpoint> restored(long step) {
        try {
            delete(folder(dir, step));
            copies.restore(step);
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("the copy of checkpoint {} is damaged and passed over: {}", step, e.getMessage());
            return Optional.empty();
        }
        return here(step);
    }

    /** Steps of the checkpoints there are here. */
    List<Long> steps() {
        return folders().stream().flatMap(f -> step(f).stream()).toList();
    }

    private static Checkpoint load(Path folder) throws IOException {
        CheckpointState state =
                JSON.readValue(Files.readAllBytes(folder.resolve(Checkpoint.STATE)), CheckpointState.class);
        for (String file : Checkpoint.FILES) {
            String expected = state.files().get(file);
            String got = Sha256.of(folder.resolve(file));
            if (!got.equals(expected)) {
                throw new IllegalArgumentException(file + " has checksum " + got + ", expected " + expected);
            }
        }
        return new Checkpoint(folder, state, readMemory(folder.resolve(Checkpoint.MEMORY)));
    }

    private static void writeMemory(Path file, List<Recollection> memory) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Recollection sample : memory) {
            lines.add(LINES.writeValueAsString(sample));
        }
        Files.write(file, lines);
    }

    private static List<Recollection> readMemory(Path file) throws IOException {
        List<Recollection> memory = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            memory.add(LINES.readValue(line, Recollection.class));
        }
        return memory;
    }

    private List<Path> folders() {
        if (!Files.isDirectory(dir)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(dir)) {
            return all.filter(f -> step(f).isPresent()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + dir, e);
        }
    }

    private void prune() throws IOException {
        List<Path> folders = folders();
        for (Path old : folders.subList(0, Math.max(0, folders.size() - keep))) {
            delete(old);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Makes the rename durable; where folders cannot be opened (Windows) the rename is all there is. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            LOG.debug("cannot force folder {}: {}", folder, e.getMessage());
        }
    }
}
