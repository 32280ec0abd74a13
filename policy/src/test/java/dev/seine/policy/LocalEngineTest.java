package dev.seine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LocalEngineTest {
    private static final int NEVER = -1;
    private static final int[] NONE = {};

    @BeforeAll
    static void oneThread() {
        Torch.threads(1);
    }

    private static Sampling sampling(long seed, int maxTokens, Integer... stops) {
        return new Sampling(1, 1, seed, maxTokens, NEVER, Set.of(stops), NONE);
    }

    private static LocalEngine engine(ModelConfig config, int slots) {
        return new LocalEngine(Models.sharp(config, 4), slots, 64, 7);
    }

    private static List<Written> run(LocalEngine engine) {
        List<Written> all = new ArrayList<>();
        while (engine.running() > 0) {
            all.addAll(engine.step());
        }
        return all;
    }

    private static void assertLogprobs(Oracle oracle, int[] before, Written written) {
        int[] text = join(before, written.tokens());
        double[][] expected = oracle.logprobs(text);
        for (int i = 0; i < written.tokens().length; i++) {
            assertThat((double) written.logprobs()[i])
                    .as(written.id() + " token " + i)
                    .isCloseTo(expected[before.length + i - 1][written.tokens()[i]], within(1e-4));
        }
    }

    private static int[] join(int[] a, int[] b) {
        return IntStream.concat(IntStream.of(a), IntStream.of(b)).toArray();
    }

    static Stream<ModelConfig> configs() {
        return Models.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("configs")
    void raggedPausedAndResumedSequencesScoreAsInOneForward(ModelConfig config) {
        try (Decoder twin = Models.sharp(config, 4);
                LocalEngine engine = engine(config, 6)) {
            Oracle oracle = new Oracle(twin);
            SplittableRandom random = new SplittableRandom(3);
            Map<String, int[]> texts = new HashMap<>();
            Map<String, Integer> waiting = new HashMap<>(); // ticks until a paused sequence goes on
            int started = 0;
            int resumed = 0;
            for (int tick = 0; tick < 150; tick++) {
                while (engine.free() > 0 && random.nextInt(3) > 0) {
                    String id = "s" + started++;
                    int[] prompt = random.ints(1 + random.nextInt(12), 0, config.vocabSize())
                            .toArray();
                    texts.put(id, prompt);
                    engine.start(id, prompt, sampling(started, 20 + random.nextInt(40), 1, 2, 3));
                }
                for (String id : List.copyOf(waiting.keySet())) {
                    if (waiting.merge(id, -1, Integer::sum) == 0) {
                        int[] inserted = random.ints(random.nextInt(9), 0, config.vocabSize())
                                .toArray();
                        texts.merge(id, inserted, LocalEngineTest::join);
                        engine.resume(id, inserted);
                        waiting.remove(id);
                        resumed++;
                    }
                }
                for (Written written : engine.step()) {
                    assertLogprobs(oracle, texts.get(written.id()), written);
                    texts.merge(written.id(), written.tokens(), LocalEngineTest::join);
                    if (written.reason() == StopReason.STOP_TOKEN) {
                        waiting.put(written.id(), 1 + random.nextInt(6));
                    }
                }
            }
            assertThat(started).isGreaterThan(15);
            assertThat(resumed).isGreaterThan(15);
        }
    }

    @Test
    void promptsLongerThanAChunkAreFedOverSeveralTicks() {
        ModelConfig config = new ModelConfig(23, 8, 8, 1, 2, 2, 4, 700, 10_000, 1e-6, false, true);
        int[] prompt = new SplittableRandom(1).ints(650, 0, 23).toArray();
        try (Decoder twin = Models.sharp(config, 4);
                LocalEngine engine = new LocalEngine(Models.sharp(config, 4), 2, 700, 7)) {
            engine.start("long", prompt, sampling(1, 655));
            engine.start("short", new int[] {1}, sampling(1, 10));
            assertThat(engine.step()).isEmpty();
            assertThat(engine.generatedTokens()).isEqualTo(1); // of the short one
            List<Written> all = run(engine);
            assertThat(all).extracting(Written::id).containsExactlyInAnyOrder("long", "short");
            Written written =
                    all.stream().filter(w -> w.id().equals("long")).findFirst().orElseThrow();
            assertThat(written.tokens()).hasSize(5);
            assertLogprobs(new Oracle(twin), prompt, written);
        }
    }

    @Test
    void aSeedGivesTheSameTokensInAnyCompany() {
        int[] alone;
        try (LocalEngine engine = engine(Models.QWEN, 1)) {
            engine.start("a", new int[] {1, 2, 3}, sampling(42, 40));
            alone = run(engine).get(0).tokens();
        }
        assertThat(alone).hasSize(37);
        try (LocalEngine engine = engine(Models.QWEN, 9)) {
            for (int i = 0; i < 8; i++) {
                engine.start(
                        "other" + i,
                        new int[1 + i],
                        new Sampling(0.5f + i, i % 2 == 0 ? 1f : 0.8f, i, 30 + i, 5, Set.of(), new int[] {i}));
                engine.step();
            }
            engine.start("a", new int[] {1, 2, 3}, sampling(42, 40));
            assertThat(run(engine))
                    .filteredOn(w -> w.id().equals("a"))
                    .singleElement()
                    .satisfies(w -> assertThat(w.tokens()).isEqualTo(alone));
        }
    }

    @Test
    void temperatureZeroWritesTheBestTokens() {
        try (Decoder twin = Models.sharp(Models.LLAMA, 4);
                LocalEngine engine = engine(Models.LLAMA, 2)) {
            engine.start("a", new int[] {1, 2, 3}, new Sampling(0, 1, 1, 20, NEVER, Set.of(), NONE));
            Written written = run(engine).get(0);
            double[][] lp = new Oracle(twin).logprobs(join(new int[] {1, 2, 3}, written.tokens()));
            for (int i = 0; i < written.tokens().length; i++) {
                double[] row = lp[2 + i];
                int best = IntStream.range(0, row.length)
                        .reduce((a, b) -> row[b] > row[a] ? b : a)
                        .orElseThrow();
                assertThat(written.tokens()[i]).isEqualTo(best);
            }
        }
    }

    @Test
    void bannedTokensAreNeverWritten() {
        int[] banned = IntStream.range(0, 50).filter(t -> t != 13 && t != 31).toArray();
        try (LocalEngine engine = engine(Models.QWEN, 2)) {
            engine.start("free", new int[] {1}, sampling(1, 60));
            engine.start("bound", new int[] {1}, new Sampling(1, 1, 1, 60, NEVER, Set.of(), banned));
            List<Written> all = run(engine);
            for (Written written : all) {
                boolean bound = written.id().equals("bound");
                assertThat(IntStream.of(written.tokens()).allMatch(t -> t == 13 || t == 31))
                        .isEqualTo(bound);
            }
        }
    }

    @Test
    void theEndTokenFreesTheSlotAndAStopTokenKeepsIt() {
        try (LocalEngine engine = engine(Models.QWEN, 2)) {
            int[] only = IntStream.range(0, 50).filter(t -> t != 9).toArray();
            engine.start("ends", new int[] {1}, new Sampling(1, 1, 1, 60, 9, Set.of(9), only));
            engine.start("stops", new int[] {1}, new Sampling(1, 1, 1, 60, NEVER, Set.of(9), only));
            List<Written> all = engine.step();
            assertThat(all).extracting(Written::reason).containsExactly(StopReason.EOS, StopReason.STOP_TOKEN);
            assertThat(all.get(0).tokens()).containsExactly(9);
            assertThat(engine.free()).isEqualTo(1);
            assertThat(engine.running()).isZero();
            assertThat(engine.step()).isEmpty();
            engine.resume("stops", NONE);
            assertThat(engine.running()).isEqualTo(1);
            engine.cancel("stops");
            engine.cancel("stops");
            assertThat(engine.free()).isEqualTo(2);
        }
    }

    @Test
    void noSequenceExceedsItsTokens() {
        try (LocalEngine engine = engine(Models.QWEN, 2)) {
            int[] only = IntStream.range(0, 50).filter(t -> t != 9).toArray();
            engine.start("a", new int[] {1, 2}, sampling(1, 10));
            Written written = run(engine).get(0);
            assertThat(written.reason()).isEqualTo(StopReason.LENGTH);
            assertThat(written.tokens()).hasSize(8);
            engine.start("b", new int[] {1, 2}, new Sampling(1, 1, 1, 10, NEVER, Set.of(9), only));
            engine.step();
            engine.resume("b", new int[7]); // 2 + 1 + 7 = 10 leaves no room
            Written none = engine.step().get(0);
            assertThat(none.reason()).isEqualTo(StopReason.LENGTH);
            assertThat(none.tokens()).isEmpty();
            assertThat(none.minVersion()).isEqualTo(7);
            assertThat(engine.free()).isEqualTo(2);
        }
    }

    @Test
    void misuseIsToldWithIdAndNumbers() {
        try (LocalEngine engine = engine(Models.QWEN, 1)) {
            assertThatThrownBy(() -> engine.start("a", new int[10], sampling(1, 10)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("sequence a has a prompt of 10 tokens, expected 1 to 9");
            assertThatThrownBy(() -> engine.start("a", new int[] {50}, sampling(1, 10)))
                    .hasMessage("sequence a holds token 50, expected 0 to 49");
            assertThatThrownBy(() -> engine.start("a", new int[1], sampling(1, 65)))
                    .hasMessage("sequence a asks for 65 tokens, the engine holds at most 64");
            engine.start("a", new int[1], sampling(1, 10));
            assertThatThrownBy(() -> engine.start("a", new int[1], sampling(1, 10)))
                    .hasMessage("sequence a is here already");
            assertThatThrownBy(() -> engine.start("b", new int[1], sampling(1, 10)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("sequence b finds no free slot, all 1 are taken");
            assertThatThrownBy(() -> engine.resume("a", NONE)).hasMessage("sequence a is not paused but running");
            assertThatThrownBy(() -> engine.resume("c", NONE)).hasMessage("sequence c is not paused but unknown");
        }
    }

    @Test
    void swappedWeightsWriteTheRestAndBothVersionsAreTold(@TempDir Path folder) {
        Path file = folder.resolve("next.safetensors");
        try (Decoder next = Models.sharp(Models.QWEN, 99)) {
            next.save(file);
        }
        try (LocalEngine engine = engine(Models.QWEN, 1);
                LocalEngine fresh = new LocalEngine(Decoder.load(file, Models.QWEN), 1, 64, 8)) {
            engine.start("a", new int[] {1}, sampling(1, 10));
            engine.step();
            engine.load(file, Sha256.of(file), 8);
            Written written = run(engine).get(0);
            assertThat(written.minVersion()).isEqualTo(7);
            assertThat(written.maxVersion()).isEqualTo(8);
            assertThat(engine.version()).isEqualTo(8);
            engine.start("b", new int[] {1, 2}, sampling(5, 30));
            fresh.start("b", new int[] {1, 2}, sampling(5, 30));
            assertThat(run(engine).get(0).tokens()).isEqualTo(run(fresh).get(0).tokens());
        }
    }

    @Test
    void refusedWeightsLeaveTheOldOnesInUse(@TempDir Path folder) throws Exception {
        Path other = folder.resolve("other.safetensors");
        try (Decoder model = Models.sharp(Models.LLAMA, 1)) {
            model.save(other);
        }
        Path cut = folder.resolve("cut.safetensors");
        byte[] bytes = Files.readAllBytes(other);
        Files.write(cut, Arrays.copyOf(bytes, bytes.length - 4));
        try (LocalEngine engine = engine(Models.QWEN, 1);
                LocalEngine calm = engine(Models.QWEN, 1)) {
            engine.start("a", new int[] {1}, sampling(1, 20));
            calm.start("a", new int[] {1}, sampling(1, 20));
            engine.step();
            assertThatThrownBy(() -> engine.load(other, "00ff", 8))
                    .hasMessageContaining(
                            "have SHA-256 " + Sha256.of(other) + ", expected 00ff; version 7 stays in use");
            assertThatThrownBy(() -> engine.load(other, Sha256.of(other), 8)).hasMessageContaining("expected (50, 16)");
            assertThatThrownBy(() -> engine.load(cut, Sha256.of(cut), 8)).hasMessageContaining(cut.toString());
            assertThat(engine.version()).isEqualTo(7);
            assertThat(run(engine).get(0).tokens()).isEqualTo(run(calm).get(0).tokens());
        }
    }

    @Test
    void thousandsOfSequencesLeaveNoArraysBehind(@TempDir Path folder) {
        Path file = folder.resolve("weights.safetensors");
        try (Decoder model = Models.sharp(Models.PLAIN, 4)) {
            model.save(file);
        }
        String checksum = Sha256.of(file);
        try (LocalEngine engine = engine(Models.PLAIN, 64)) {
            int arrays = -1;
            for (int round = 0; round < 40; round++) {
                for (int i = 0; i < 64; i++) {
                    engine.start("s" + i, new int[1 + i % 5], sampling(i, 10, 1));
                }
                while (engine.running() > 0) {
                    engine.step().stream()
                            .filter(w -> w.reason() == StopReason.STOP_TOKEN)
                            .forEach(w -> engine.resume(w.id(), new int[2]));
                }
                engine.load(file, checksum, round);
                arrays = round == 0 ? engine.manager().getManagedArrays().size() : arrays;
            }
            assertThat(engine.free()).isEqualTo(64);
            assertThat(engine.manager().getManagedArrays()).hasSize(arrays);
            assertThat(engine.generatedTokens()).isGreaterThan(10_000);
        }
    }
}
