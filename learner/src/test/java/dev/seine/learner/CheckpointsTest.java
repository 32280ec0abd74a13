package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.policy.Decoder;
import dev.seine.policy.store.LocalStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    /** Both rules: Muon's for projections, AdamW's for the rest. */
    private static final OptimizerConfig FAST =
            new OptimizerConfig(OptimizerConfig.MUON, 1e-2, 0, 0.95, 0.9, 0.98, 1e-8, 0.01, 1);

    static final List<Recollection> MEMORY =
            List.of(new Recollection("m", "question", "r1-searcher++", "p", "text\n\"quoted\"", false, true));

    @TempDir
    Path dir;

    @Test
    void fiveStepsSavedLoadedAndFiveMoreEqualTenBitForBit() {
        try (Decoder straight = Tiny.decoder(1);
                Trainer trainer = new Trainer(straight)) {
            train(trainer, 0, 10);
            try (Decoder first = Tiny.decoder(1);
                    Trainer half = new Trainer(first)) {
                train(half, 0, 5);
                checkpoints(dir).save(state(5), half, MEMORY);
            }
            Checkpoint saved = checkpoints(dir).latest().orElseThrow();
            try (Decoder second = Decoder.load(saved.model(), Tiny.CONFIG);
                    Trainer rest = new Trainer(second)) {
                rest.loadOptimizer(saved.optimizer());
                assertThat(rest.updates()).isEqualTo(5);
                train(rest, 5, 10);
                assertThat(Tiny.values(second.parameters()))
                        .usingRecursiveComparison()
                        .isEqualTo(Tiny.values(straight.parameters()));
            }
        }
    }

    @Test
    void whatWasSavedIsLoaded() {
        try (Decoder decoder = Tiny.decoder(1);
                Trainer trainer = new Trainer(decoder)) {
            checkpoints(dir).save(state(5), trainer, MEMORY);
        }
        Checkpoint loaded = checkpoints(dir).latest().orElseThrow();
        assertThat(loaded.memory()).isEqualTo(MEMORY);
        assertThat(loaded.state().withFiles(Map.of())).isEqualTo(state(5));
        assertThat(dir.resolve("checkpoints/step-000005")).isDirectoryContaining("glob:**state.json");
    }

    @Test
    void aDamagedNewestIsPassedOver() throws IOException {
        saveThree();
        Path model = dir.resolve("checkpoints/step-000003/model.safetensors");
        byte[] bytes = Files.readAllBytes(model);
        bytes[bytes.length - 1] ^= 1;
        Files.write(model, bytes);
        assertThat(checkpoints(dir).latest().orElseThrow().state().step()).isEqualTo(2);
        Files.writeString(dir.resolve("checkpoints/step-000002/state.json"), "{\"step\": 2");
        assertThat(checkpoints(dir).latest()).isEmpty();
    }

    @Test
    void aHalfWrittenOneIsNotThere() throws IOException {
        Files.createDirectories(dir.resolve("checkpoints/step-000009.part"));
        assertThat(checkpoints(dir).latest()).isEmpty();
        assertThat(checkpoints(dir.resolve("nowhere")).latest()).isEmpty();
    }

    @Test
    void onlyTheNewestAreKept() {
        saveThree();
        assertThat(checkpoints(dir).steps()).containsExactly(2L, 3L);
    }

    private static Checkpoints checkpoints(Path run) {
        return new Checkpoints(run, 2, new LocalStore(run));
    }

    private void saveThree() {
        try (Decoder decoder = Tiny.decoder(1);
                Trainer trainer = new Trainer(decoder)) {
            for (int step = 1; step <= 3; step++) {
                train(trainer, step, step + 1);
                checkpoints(dir).save(state(step), trainer, MEMORY);
            }
        }
    }

    static CheckpointState state(long step) {
        return new CheckpointState(
                "policy",
                step,
                17,
                "model",
                "tokenizer",
                "config",
                Map.of("scored-trajectories", Map.of(0, 12L, 3, 4L)),
                List.of(new Consumed("q@0", 1, 9, List.of("q@0#1"))),
                40,
                Map.of("stale", 3L),
                2,
                Map.of(),
                123);
    }

    private static void train(Trainer trainer, int from, int to) {
        for (int i = from; i < to; i++) {
            List<Sequence> batch = List.of(
                    Tiny.text("a", 1, 2, 3 + i % 4, 4, 5),
                    Tiny.rollout("b", i % 2 == 0 ? 1 : -1, 1f, new int[] {9}, 1, 2, 5, 6 + i % 3));
            new Packer(100, 0)
                    .pack(batch, Tiny.even(2, 0.3))
                    .forEach(b -> trainer.accumulate(b, LossConfig.defaults().withKl(0)));
            trainer.update(FAST, FAST.lr());
        }
    }
}
