package dev.seine.learner;

import dev.seine.policy.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** Weights and optimizer of a trainer as they were when it was taken, in a temporary folder. */
final class TrainerSnapshot implements AutoCloseable {
    private final Trainer trainer;
    private final Path folder;

    private TrainerSnapshot(Trainer trainer) {
        this.trainer = trainer;
        try {
            folder = Files.createTempDirectory("seine-replay");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder", e);
        }
        trainer.decoder().save(model());
    }

    static TrainerSnapshot take(Trainer trainer) {
        TrainerSnapshot taken = new TrainerSnapshot(trainer);
        trainer.saveOptimizer(taken.optimizer());
        return taken;
    }

    /** Checksum of the trainer's weights, as it is announced of a file of them. */
    static String checksum(Trainer trainer) {
        try (TrainerSnapshot weights = new TrainerSnapshot(trainer)) {
            return Sha256.of(weights.model());
        }
    }

    /** Brings the trainer back to it. */
    void restore() {
        trainer.load(model());
        trainer.loadOptimizer(optimizer());
    }

    @Override
    public void close() {
        try (var all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }

    private Path model() {
        return folder.resolve(Checkpoint.MODEL);
    }

    private Path optimizer() {
        return folder.resolve(Checkpoint.OPTIMIZER);
    }
}
