package dev.seine.learner;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.seine.policy.Sha256;
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
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run: weights, optimizer, memory, offsets and books as one unit, in folders {@code step-000123}. A folder is written
 * under another name, forced to disk and renamed, so that it is whole or not there; what is damaged later is found by its checksums, and
 * the one before it is used.
 */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final String PREFIX = "step-";
    private static final String PART = ".part";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final ObjectMapper LINES = new ObjectMapper();

    private final Path dir;
    private final int keep;

    /**
     * @param dir folder of the checkpoints; made if it is not there
     * @param keep newest ones kept
     */
    Checkpoints(Path dir, int keep) {
        this.dir = dir;
        this.keep = keep;
    }

    /** Writes one and removes those beyond the newest. */
    Checkpoint save(CheckpointState state, Trainer trainer, List<Recollection> memory) {
        Path folder = dir.resolve(String.format("%s%06d", PREFIX, state.step()));
        Path part = dir.resolve(folder.getFileName() + PART);
        try {
            delete(part);
            Files.createDirectories(part);
            trainer.decoder().save(part.resolve(Checkpoint.MODEL));
            trainer.saveOptimizer(part.resolve(Checkpoint.OPTIMIZER));
            writeMemory(part.resolve(Checkpoint.MEMORY), memory);
            Map<String, String> checksums = new TreeMap<>();
            for (String file : List.of(Checkpoint.MODEL, Checkpoint.OPTIMIZER, Checkpoint.MEMORY)) {
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

    /** The newest that is whole; damaged ones are passed over with a warning. */
    Optional<Checkpoint> latest() {
        return latestBefore(Long.MAX_VALUE);
    }

    /** The newest that is whole and from which step {@code step} can still be done. */
    Optional<Checkpoint> latestBefore(long step) {
        List<Path> folders = folders().stream().filter(f -> number(f) < step).toList();
        for (int i = folders.size() - 1; i >= 0; i--) {
            try {
                return Optional.of(load(folders.get(i)));
            } catch (IOException | IllegalArgumentException | UncheckedIOException e) {
                LOG.warn("checkpoint {} is damaged and passed over: {}", folders.get(i), e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** Steps of the checkpoints there are. */
    List<Long> steps() {
        return folders().stream().map(Checkpoints::number).toList();
    }

    private static long number(Path folder) {
        return Long.parseLong(folder.getFileName().toString().substring(PREFIX.length()));
    }

    private static Checkpoint load(Path folder) throws IOException {
        CheckpointState state =
                JSON.readValue(Files.readAllBytes(folder.resolve(Checkpoint.STATE)), CheckpointState.class);
        for (String file : List.of(Checkpoint.MODEL, Checkpoint.OPTIMIZER, Checkpoint.MEMORY)) {
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
            return all.filter(f -> f.getFileName().toString().matches(PREFIX + "\\d+"))
                    .sorted()
                    .toList();
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
