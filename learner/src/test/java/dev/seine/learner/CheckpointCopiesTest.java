package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.policy.Decoder;
import dev.seine.policy.store.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two copies are kept; a copy is four files, the state last. */
class CheckpointCopiesTest {
    @TempDir
    Path dir;

    private Path here;
    private Path there;
    private FolderStore store;
    private Checkpoints checkpoints;

    @BeforeEach
    void open() {
        here = dir.resolve("here");
        there = dir.resolve("there");
        store = new FolderStore(here, dir.resolve("copies"));
        checkpoints = new Checkpoints(here, 2, store);
    }

    @Test
    void theNewestCopyIsTakenUpWhereThereIsNoCheckpointAndTheLastTwoAreKept() {
        try (Decoder decoder = Tiny.decoder(1);
                Trainer trainer = new Trainer(decoder)) {
            for (int step = 1; step <= 3; step++) {
                checkpoints.copy(save(trainer, step));
            }
        }
        Checkpoint found = elsewhere().latest().orElseThrow();
        assertThat(found.folder()).startsWith(there);
        assertThat(found.state().step()).isEqualTo(3);
        assertThat(found.memory()).isEqualTo(CheckpointsTest.MEMORY);
        assertThat(elsewhere().copied(found)).isTrue();
        assertThat(store.list(here.resolve("checkpoints"))).hasSize(8);
    }

    @Test
    void aCopyThatWasInterruptedDoesNotCountAndIsRemovedLater() {
        try (Decoder decoder = Tiny.decoder(1);
                Trainer trainer = new Trainer(decoder)) {
            checkpoints.copy(save(trainer, 1));
            Checkpoint second = save(trainer, 2);
            store.answers = 3; // a removal and two files
            assertThatThrownBy(() -> checkpoints.copy(second)).isInstanceOf(StoreUnavailable.class);
            store.answers = Integer.MAX_VALUE;
            assertThat(elsewhere().latest().orElseThrow().state().step()).isEqualTo(1);
            checkpoints.copy(save(trainer, 3));
        }
        assertThat(store.list(here.resolve("checkpoints"))).hasSize(8).noneMatch(f -> f.toString()
                .contains("step-000002"));
    }

    @Test
    void aDamagedCopyIsPassedOverForTheOneBefore() throws IOException {
        copyTwo();
        flip(store.copy(here.resolve("checkpoints/step-000002/optimizer.safetensors")));
        assertThat(elsewhere().latest().orElseThrow().state().step()).isEqualTo(1);
    }

    @Test
    void aCheckpointThatIsDamagedHereIsReplacedByItsCopy() throws IOException {
        copyTwo();
        flip(here.resolve("checkpoints/step-000002/model.safetensors"));
        assertThat(checkpoints.latest().orElseThrow().state().step()).isEqualTo(2);
    }

    @Test
    void aNewerCopyFromElsewhereIsPreferredToWhatIsHere() throws IOException {
        copyTwo();
        try (Decoder decoder = Tiny.decoder(1);
                Trainer trainer = new Trainer(decoder)) {
            Checkpoints other = elsewhere();
            other.copy(other.save(CheckpointsTest.state(9), trainer, List.of()));
        }
        assertThat(checkpoints.latest().orElseThrow().state().step()).isEqualTo(9);
    }

    private Checkpoints elsewhere() {
        return new Checkpoints(there, 2, store.on(there));
    }

    private Checkpoint save(Trainer trainer, long step) {
        return checkpoints.save(CheckpointsTest.state(step), trainer, CheckpointsTest.MEMORY);
    }

    private void copyTwo() {
        try (Decoder decoder = Tiny.decoder(1);
                Trainer trainer = new Trainer(decoder)) {
            checkpoints.copy(save(trainer, 1));
            checkpoints.copy(save(trainer, 2));
        }
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
    }
}
