package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.seine.event.LearnerStep;
import dev.seine.event.OffsetRange;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.StepPhase;
import dev.seine.event.Trajectory;
import dev.seine.event.WeightsPublished;
import dev.seine.policy.Decoder;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Sha256;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.Torch;
import dev.seine.policy.store.LocalStore;
import dev.seine.policy.store.RunStore;
import dev.seine.policy.store.StoreUnavailable;
import dev.seine.schemas.Dialect;
import dev.seine.topics.Topics;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The learner against a real broker, with hand-made scored trajectories; two questions a step. */
class LearnerTest {
    @TempDir
    Path dir;

    private TestLog log;
    private Tokenizer tokenizer;
    private ModelConfig model;
    private Path run;
    private RunStore store;

    @BeforeEach
    void start() {
        Torch.threads(1);
        log = new TestLog(dir.resolve("broker"));
        tokenizer = Words.tokenizer(dir);
        model = Words.model(tokenizer);
        run = dir.resolve("run");
        store = new LocalStore(dir);
    }

    @AfterEach
    void stop() {
        tokenizer.close();
        log.close();
    }

    @Test
    void aStepIsPlannedThenAnnouncedAndItsWeightsVerify() throws IOException {
        log.memory(Rollouts.memory("m1", "q1", "\\boxed{ a1 }"));
        Accounting.Books books;
        try (Decoder decoder = Decoder.random(model, 1, Device.cpu());
                Learner learner = learner(config("policy", 1, 100, 2), decoder)) {
            await(() -> learner.step() > 0); // the memory sample is read
            send(0, 1);
            await(() -> learner.step() >= 0 && learner.done());
            books = learner.books();
        }

        assertThat(log.steps()).extracting(LearnerStep::getPhase).containsExactly(StepPhase.PLANNED, StepPhase.APPLIED);
        LearnerStep planned = log.steps().get(0);
        assertThat(planned.getTrained()).containsExactly("q0@0#0", "q0@0#1", "q0@0#2", "q1@0#0", "q1@0#1", "q1@0#2");
        assertThat(consumed(planned, "scored-trajectories")).isEqualTo(6);
        assertThat(consumed(planned, "memory-samples")).isEqualTo(1);
        assertThat(planned.getMemorySamples()).containsExactly("m1");
        assertThat(planned.getMetrics()).isEmpty();
        LearnerStep applied = log.steps().get(1);
        assertThat(applied.getMetrics()).containsKeys("loss-policy", "loss-kl", "ratio-mean", "entropy");
        assertThat(applied.getMetrics().get("reward")).isBetween(0.33, 0.34);
        assertThat(applied.getMetrics().get("loss-memory")).isPositive();
        assertThat(applied.getMetrics().get("loss-rehearsal")).isPositive();
        assertThat(books).isEqualTo(new Accounting.Books(6, 6, Map.of(), 0, 0, 0));
        List<WeightsPublished> weights = log.read(Topics.WEIGHTS);
        assertThat(weights).extracting(WeightsPublished::getVersion).containsExactly(0L, 1L);
        for (WeightsPublished w : weights) {
            Path file = Path.of(URI.create(w.getUri()));
            assertThat(Sha256.of(file)).isEqualTo(w.getSha256());
            assertThat(Files.size(file)).isEqualTo(w.getBytes());
            assertThat(w.getConfigSha256()).isEqualTo(model.sha256());
            assertThat(w.getTokenizerSha256()).isEqualTo(tokenizer.sha256());
            Decoder.load(file, model).close();
        }
        assertThat(weights.get(0).getSha256()).isNotEqualTo(weights.get(1).getSha256());
    }

    @Test
    void aCrashedLearnerDoesTheLoggedStepsAgainAndArrivesAtTheSameWeights() throws IOException {
        send(0, 1);
        log.memory(Rollouts.memory("m1", "q1", "\\boxed{ a1 }"));
        train(3, 1, 1, 100, () -> {
            send(3, 2);
            log.memory(Rollouts.memory("m2", "q2", "\\boxed{ a2 }"));
        });
        send(5, 4);
        Accounting.Books before = train(3, 2, 3);
        String weights = Sha256.of(dir.resolve("run/weights/v000003.safetensors"));
        List<LearnerStep> steps = log.steps();
        int announced = log.read(Topics.WEIGHTS).size();
        // What a crash would have left: the checkpoint before the first step.
        delete(dir.resolve("run/checkpoints/step-000003"));
        delete(dir.resolve("run/checkpoints/step-000001"));
        delete(dir.resolve("run/weights/v000002.safetensors"));

        Accounting.Books after = train(3, 9, 3);

        assertThat(Sha256.of(dir.resolve("run/weights/v000003.safetensors"))).isEqualTo(weights);
        assertThat(after).isEqualTo(before);
        assertThat(phases(steps))
                .containsExactly("1 PLANNED", "1 APPLIED", "2 PLANNED", "2 APPLIED", "3 PLANNED", "3 APPLIED");
        // only the version whose file was lost is announced, and its step logged, again
        assertThat(phases(log.steps().subList(6, log.steps().size()))).isEmpty();
        assertThat(log.read(Topics.WEIGHTS)).hasSize(announced + 1);
    }

    @Test
    void aRestartNeitherLosesNorRepeatsARollout() {
        send(0, 1, 3);
        train(1, 1, 1);
        send(0, 1); // delivered again
        send(2);
        Accounting.Books books = train(2, 5, 2);

        List<String> trained = log.steps().stream()
                .filter(s -> s.getPhase() == StepPhase.APPLIED)
                .flatMap(s -> s.getTrained().stream())
                .toList();
        assertThat(trained).hasSize(12).doesNotHaveDuplicates();
        assertThat(books.trained()).isEqualTo(12);
        assertThat(books.duplicates()).isEqualTo(6);
        assertThat(books.inFlight()).isZero();
    }

    @Test
    void aDamagedNewestCheckpointIsPassedOverAndTheStepsSinceTheOneBeforeAreDoneAgain() throws IOException {
        send(0, 1, 2, 3, 4, 5);
        Accounting.Books before = train(3, 1, 3, 1, () -> {});
        String weights = Sha256.of(dir.resolve("run/weights/v000003.safetensors"));
        int logged = log.steps().size();
        Path newest = dir.resolve("run/checkpoints/step-000003/optimizer.safetensors");
        byte[] bytes = Files.readAllBytes(newest);
        bytes[bytes.length - 1] ^= 1;
        Files.write(newest, bytes);

        Accounting.Books after = train(3, 9, 3, 1, () -> {});

        assertThat(Sha256.of(dir.resolve("run/weights/v000003.safetensors"))).isEqualTo(weights);
        assertThat(after).isEqualTo(before);
        assertThat(log.steps()).hasSize(logged);
    }

    @Test
    void ofTwoLearnersOfAPolicyOnlyTheOneStartedLastWrites() {
        send(0, 1);
        try (Decoder one = Decoder.random(model, 1, Device.cpu());
                Decoder two = Decoder.random(model, 1, Device.cpu());
                Learner older = learner(config("policy", 1, 100, 2), one);
                Learner newer = learner(config("policy", 1, 100, 2), two)) {
            assertThatThrownBy(() -> await(() -> older.step() >= 0 && older.done()))
                    .hasStackTraceContaining("another process writes as 'learner-policy' now");
            await(() -> newer.step() >= 0 && newer.done());
        }
        assertThat(phases(log.steps())).containsExactly("1 PLANNED", "1 APPLIED");
        assertThat(log.read(Topics.WEIGHTS))
                .extracting(WeightsPublished::getVersion)
                .containsExactly(0L, 1L);
    }

    @Test
    void rolloutsOfOtherPoliciesAreCountedAndPassedOver() {
        log.scored(Rollouts.group(0, 0, tokenizer.sha256(), 1, 0, 0).stream()
                .map(scored -> ScoredTrajectory.newBuilder(scored)
                        .setTrajectory(Trajectory.newBuilder(scored.getTrajectory())
                                .setPolicy("another")
                                .build())
                        .build())
                .toList());
        send(0, 1);
        Accounting.Books books = train(1, 1, 1);
        assertThat(books).isEqualTo(new Accounting.Books(6, 6, Map.of(), 0, 0, 3));
    }

    @Test
    void aStepWithNothingToTrainCountsAndKeepsTheWeights() {
        for (long seq : new long[] {0, 1}) {
            log.scored(Rollouts.group(seq, 0, tokenizer.sha256(), 1, 1, 1));
        }
        Accounting.Books books;
        try (Decoder decoder = Decoder.random(model, 1, Device.cpu());
                Learner learner = learner(config("policy", 1, 100, 0), decoder)) {
            await(() -> learner.step() >= 0 && learner.done());
            books = learner.books();
        }

        assertThat(books.skipped()).isEqualTo(Map.of("no-variance", 6L));
        assertThat(log.steps().get(1).getTrained()).isEmpty();
        assertThat(log.steps().get(1).getSkipped().get("no-variance")).hasSize(6);
        List<WeightsPublished> weights = log.read(Topics.WEIGHTS);
        assertThat(weights.get(1).getSha256()).isEqualTo(weights.get(0).getSha256());
    }

    @Test
    void aCheckpointOfAnotherPolicyIsRefused() {
        train(0, 1, 0);
        LearnerConfig other = config("another", 1, 1, 2);
        try (Decoder decoder = Decoder.random(model, 1, Device.cpu())) {
            assertThatThrownBy(() -> learner(other, decoder))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("policy is policy, expected another");
        }
    }

    @Test
    void aLearnerOnAnotherMachineGoesOnFromTheCopyAndArrivesAtTheSameWeights() {
        FolderStore copies = new FolderStore(run, dir.resolve("copies"));
        store = copies;
        send(0, 1, 2, 3, 4, 5);
        Accounting.Books before = train(3, 1, 3, 2, () -> {});
        String weights = log.read(Topics.WEIGHTS).get(3).getSha256();
        int logged = log.steps().size();

        run = dir.resolve("elsewhere");
        store = copies.on(run);
        copies.remove(dir.resolve("run/checkpoints/step-000003/state.json")); // so that there is a step to do again
        Accounting.Books after = train(3, 9, 3, 2, () -> {});

        assertThat(after).isEqualTo(before);
        assertThat(Sha256.of(run.resolve("weights/v000003.safetensors"))).isEqualTo(weights);
        assertThat(log.steps()).hasSize(logged);
        assertThat(log.read(Topics.WEIGHTS))
                .last()
                .extracting(WeightsPublished::getVersion, WeightsPublished::getSha256, WeightsPublished::getUri)
                .containsExactly(
                        3L,
                        weights,
                        copies.copy(dir.resolve("run/weights/v000003.safetensors"))
                                .toUri()
                                .toString());
        assertThat(run.resolve("weights/v000000.safetensors")).exists();
    }

    @Test
    void stepsAreDoneAgainFromTheStoreWhereTheFolderHasNothing() {
        FolderStore copies = new FolderStore(run, dir.resolve("copies"));
        store = copies;
        send(0, 1, 2, 3, 4, 5);
        train(3, 1, 3, 2, () -> {});

        Path elsewhere = dir.resolve("elsewhere");
        try (Decoder decoder = Decoder.random(model, 9, Device.cpu());
                StepReplay replay = new StepReplay(
                        config("policy", 3, 2, 2),
                        log.clients(),
                        decoder,
                        tokenizer,
                        Words.demonstrations(4),
                        Dialect.R1_SEARCHER_PP,
                        elsewhere,
                        copies.on(elsewhere))) {
            replay.before(3, true, done -> {});
            ReplayedStep third = replay.redo();

            assertThat(third.asRecorded(0)).isTrue();
            assertThat(third.weights()).isPresent().isEqualTo(third.announced());
        }
        assertThat(elsewhere.resolve("checkpoints/step-000002")).exists();
    }

    @Test
    void aStoreThatIsAwayHoldsTheStepUpAndItIsAnnouncedOnce() {
        FolderStore copies = new FolderStore(run, dir.resolve("copies"));
        store = copies;
        send(0, 1);
        try (Decoder decoder = Decoder.random(model, 1, Device.cpu());
                Learner learner = learner(config("policy", 1, 100, 2), decoder)) {
            await(() -> learner.step() >= 0
                    && copies.copy(run.resolve("checkpoints/step-000000/state.json"))
                            .toFile()
                            .exists());
            copies.answers = 0;
            assertThatThrownBy(() -> await(() -> learner.step() >= 0 && learner.done()))
                    .hasRootCauseInstanceOf(ConnectException.class);
            assertThatThrownBy(learner::step).isInstanceOf(StoreUnavailable.class);
            assertThat(log.read(Topics.WEIGHTS)).hasSize(1);
            assertThat(learner.version()).isZero();
            copies.answers = Integer.MAX_VALUE;
            await(() -> learner.step() >= 0 && learner.done());
        }
        assertThat(phases(log.steps())).containsExactly("1 PLANNED", "1 APPLIED");
        assertThat(log.read(Topics.WEIGHTS))
                .extracting(WeightsPublished::getVersion)
                .containsExactly(0L, 1L);
        assertThat(copies.copy(run.resolve("checkpoints/step-000001/state.json")))
                .exists();
    }

    private void send(long... seqs) {
        for (long seq : seqs) {
            log.scored(Rollouts.group(seq, seq / 2, tokenizer.sha256(), 1, 0, 0));
        }
    }

    private Accounting.Books train(int total, long seed, long version) {
        return train(total, seed, version, 100, () -> {});
    }

    /** Runs a learner, begun from a decoder of this seed, up to a version, and closes it. */
    private Accounting.Books train(int total, long seed, long version, int every, Runnable after) {
        try (Decoder decoder = Decoder.random(model, seed, Device.cpu());
                Learner learner = learner(config("policy", total, every, 2), decoder)) {
            await(() -> learner.step() >= 0 && learner.version() == version);
            after.run();
            return learner.books();
        }
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(60))
                .until(condition);
    }

    private Learner learner(LearnerConfig config, Decoder decoder) {
        return new Learner(
                config,
                log.clients(),
                decoder,
                tokenizer,
                Words.demonstrations(4),
                Dialect.R1_SEARCHER_PP,
                run,
                store,
                Clock.systemUTC());
    }

    private static LearnerConfig config(String policy, int total, int every, int rehearsed) {
        LearnerConfig d = LearnerConfig.defaults();
        return new LearnerConfig(
                policy,
                2,
                total,
                2,
                d.advantage(),
                d.minibatches(),
                64,
                Duration.ofMinutes(5),
                1,
                d.seed(),
                d.computation(),
                d.optimizer(),
                d.loss(),
                new MemoryConfig(0.1, 2, 16, 0, 0, 0),
                new RehearsalConfig(rehearsed, 0.1),
                new CheckpointConfig(every, 3, 8));
    }

    private static long consumed(LearnerStep step, String topic) {
        return step.getSources().stream()
                .filter(range -> range.getTopic().equals(topic))
                .mapToLong((OffsetRange range) -> range.getTo() - range.getFrom())
                .sum();
    }

    private static List<String> phases(List<LearnerStep> steps) {
        return steps.stream().map(s -> s.getStep() + " " + s.getPhase()).toList();
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
