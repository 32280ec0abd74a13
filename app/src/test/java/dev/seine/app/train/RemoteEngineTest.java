package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import ai.djl.Device;
import dev.seine.policy.Decoder;
import dev.seine.policy.LocalEngine;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.ModelFolder;
import dev.seine.policy.Sampling;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.Sha256;
import dev.seine.policy.StopReason;
import dev.seine.policy.Written;
import dev.seine.policy.remote.RemoteConfig;
import dev.seine.policy.remote.RemoteEngine;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The remote engine against a server that speaks vLLM's or SGLang's protocol over the golden model. */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = {"vllm", "sglang"})
class RemoteEngineTest {
    private static final Path GOLDEN = Path.of("../policy/src/test/resources/golden");
    private static final Path BASE = GOLDEN.resolve("qwen2-tied-f32");
    private static final ModelConfig CONFIG = ModelFolder.open(BASE).config();
    private static final int[] PROMPT = {54, 71, 68, 81, 68};
    /** Goes on for 37 tokens when the best is taken, where {@link #PROMPT} ends after two. */
    private static final int[] LONG = {54, 71, 68};

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @Parameter
    private String protocol;

    @TempDir
    private Path run;

    private PolicyServer one;
    private PolicyServer two;

    @BeforeEach
    void start() throws Exception {
        one = PolicyServer.of(protocol, BASE, CONFIG);
        two = PolicyServer.of(protocol, BASE, CONFIG);
        ModelFolder.carry(BASE, run);
        CONFIG.write(run.resolve(ModelFolder.CONFIG));
        Files.copy(BASE.resolve("model.safetensors"), run.resolve("cold-start.safetensors"));
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    private RemoteEngine engine(String... urls) {
        return engine(Clock.systemUTC(), urls);
    }

    private RemoteEngine engine(Clock clock, String... urls) {
        RemoteConfig config =
                new RemoteConfig(List.of(urls), protocol, "base", TIMEOUT, Duration.ofMillis(1), 2, 1 << 20);
        return new RemoteEngine(config, Optional.of("secret"), run, 4, CONFIG.vocabSize(), 0, clock);
    }

    private static Clock at(AtomicReference<Instant> now) {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        };
    }

    private static LocalEngine local() {
        return new LocalEngine(Decoder.load(BASE, CONFIG), 4, CONFIG.maxPositions(), 0);
    }

    private static Sampling sampling(float temperature, int maxTokens, Integer... stops) {
        return new Sampling(temperature, 1, 7, maxTokens, SglangServer.EOS, Set.of(stops), new int[] {3});
    }

    private static Written next(SequenceEngine engine) {
        List<Written> written = new ArrayList<>();
        while (written.isEmpty()) {
            written.addAll(engine.step());
        }
        return written.get(0);
    }

    @Test
    void aSequenceIsTheSameAsInThisProcessThroughStopsAndInsertions() {
        try (LocalEngine local = local();
                RemoteEngine remote = engine(one.url())) {
            local.start("s", LONG, sampling(0, 40));
            int stop = next(local).tokens()[3]; // a token that is drawn on the way
            for (SequenceEngine engine : List.of(local, remote)) {
                engine.start("t", LONG, sampling(0, 40, stop));
            }
            Written expected = next(local);
            Written got = next(remote);
            assertThat(got.reason()).isEqualTo(StopReason.STOP_TOKEN).isEqualTo(expected.reason());
            assertThat(got.tokens()).isEqualTo(expected.tokens()).endsWith(stop);
            assertThat(got.logprobs()).containsExactly(expected.logprobs(), within(1e-5f));
            for (SequenceEngine engine : List.of(local, remote)) {
                assertThat(engine.running()).isZero();
                engine.resume("t", new int[] {10, 11, 12});
            }
            assertThat(next(remote).tokens()).isEqualTo(next(local).tokens());
            assertThat(one.asked).hasSize(2);
            PolicyServer.Asked second = one.asked.get(1);
            // ids in: the prompt, what was drawn, what was inserted
            assertThat(second.prompt()).hasSize(LONG.length + got.tokens().length + 3);
            assertThat(second.sampling().bannedTokens()).containsExactly(3);
        }
    }

    @Test
    void theModelsEndTokenEndsASequence() {
        try (LocalEngine local = local();
                RemoteEngine remote = engine(one.url())) {
            for (SequenceEngine engine : List.of(local, remote)) {
                engine.start("s", PROMPT, sampling(0, 40));
            }
            Written written = next(remote);
            assertThat(written.tokens()).isEqualTo(next(local).tokens()).endsWith(SglangServer.EOS);
            assertThat(written.reason()).isEqualTo(StopReason.EOS);
            assertThat(remote.free()).isEqualTo(4);
        }
    }

    @Test
    void serversShareTheWorkAndNoneGetsMoreThanItTakes() {
        try (RemoteEngine remote = engine(one.url(), two.url())) {
            for (int i = 0; i < 4; i++) {
                remote.start("s" + i, PROMPT, sampling(1, 12));
            }
            assertThat(remote.free()).isZero();
            List<Written> written = new ArrayList<>();
            while (written.size() < 4) {
                written.addAll(remote.step());
            }
            assertThat(written).extracting(Written::reason).containsOnly(StopReason.LENGTH);
            assertThat(one.asked).hasSize(2);
            assertThat(two.asked).hasSize(2);
            assertThat(remote.generatedTokens()).isEqualTo(4L * (12 - PROMPT.length));
            assertThat(remote.free()).isEqualTo(4);
        }
    }

    @Test
    void aServerThatFailsIsAskedAgainUntilItAnswers() {
        one.failures.addAll(List.of(503, 429, 500));
        try (RemoteEngine remote = engine(one.url())) {
            remote.start("s", PROMPT, sampling(1, 12));
            assertThat(next(remote).tokens()).hasSize(12 - PROMPT.length);
            assertThat(one.asked).hasSize(4);
        }
    }

    @Test
    void aServerThatIsAwayIsPassedOver() {
        one.close();
        try (RemoteEngine remote = engine(one.url(), two.url())) {
            remote.start("s", PROMPT, sampling(1, 12));
            assertThat(next(remote).reason()).isEqualTo(StopReason.LENGTH);
            assertThat(two.asked).hasSize(1);
        }
    }

    @Test
    void whatAServerRefusesEndsAloneAndFreesItsSlot() {
        one.failures.add(400);
        try (RemoteEngine remote = engine(one.url())) {
            remote.start("s", PROMPT, sampling(1, 12));
            Written written = next(remote);
            assertThat(written.reason()).isEqualTo(StopReason.REFUSED);
            assertThat(written.tokens()).isEmpty();
            assertThat(remote.free()).isEqualTo(4);
        }
    }

    @Test
    void textWithoutIdsIsNeverTokenised() {
        one.withoutIds();
        try (RemoteEngine remote = engine(one.url())) {
            remote.start("s", PROMPT, sampling(1, 12));
            assertThat(next(remote).reason()).isEqualTo(StopReason.REFUSED);
        }
    }

    @Test
    void adaptersAreLoadedByNameAndEveryTokenHasItsVersion() {
        Path v1 = adapter("v000001.safetensors");
        Path v2 = adapter("v000002.safetensors");
        try (RemoteEngine remote = engine(one.url(), two.url());
                LocalEngine local = new LocalEngine(Decoder.load(v1, CONFIG), 1, CONFIG.maxPositions(), 1)) {
            remote.load(v1, Sha256.of(v1), 1);
            assertThat(remote.version()).isEqualTo(1);
            remote.start("s", PROMPT, sampling(0, 20));
            local.start("s", PROMPT, sampling(0, 20));
            Written written = next(remote);
            assertThat(written.tokens()).isEqualTo(next(local).tokens());
            assertThat(List.of(written.minVersion(), written.maxVersion())).containsExactly(1L, 1L);
            assertThat(one.asked.get(0).model()).isEqualTo(name(v1, 1));
            assertThatThrownBy(() -> remote.load(v2, "00", 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("version 1 stays in use");
            remote.load(v2, Sha256.of(v2), 2);
            assertThat(one.changes).startsWith("load " + name(v1, 1), "load " + name(v2, 2));
        }
    }

    @Test
    void aSecondGeneratorAsksForTheAdapterThatIsThere() {
        Path v1 = adapter("v000001.safetensors");
        try (RemoteEngine first = engine(one.url());
                RemoteEngine second = engine(one.url())) {
            first.load(v1, Sha256.of(v1), 1);
            second.load(v1, Sha256.of(v1), 1);
            assertThat(one.changes).containsExactly("load " + name(v1, 1));
            second.start("s", PROMPT, sampling(0, 20));
            assertThat(next(second).maxVersion()).isEqualTo(1);
        }
    }

    /** Another generator that has not heard of version 2 may still ask for 1, and then waits for the answer: twice the longest request. */
    @Test
    void anAdapterGoesWhenNobodyCanAskForItAnyMore() {
        Path v1 = adapter("v000001.safetensors");
        Path v2 = adapter("v000002.safetensors");
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        try (RemoteEngine remote = engine(at(now), one.url())) {
            remote.load(v1, Sha256.of(v1), 1);
            remote.load(v2, Sha256.of(v2), 2);
            now.set(Instant.EPOCH.plus(TIMEOUT.multipliedBy(2)).minusMillis(1));
            assertThat(remote.step()).isEmpty();
            assertThat(one.changes).containsExactly("load " + name(v1, 1), "load " + name(v2, 2));
            now.set(Instant.EPOCH.plus(TIMEOUT.multipliedBy(2)));
            assertThat(remote.step()).isEmpty();
            await().until(() -> one.changes.contains("unload " + name(v1, 1)));
        }
    }

    @Test
    void aServerThatWasStartedAnewGetsItsAdapterAgain() {
        Path v1 = adapter("v000001.safetensors");
        try (RemoteEngine remote = engine(one.url())) {
            remote.load(v1, Sha256.of(v1), 1);
            one.restart();
            remote.start("s", PROMPT, sampling(0, 20));
            assertThat(next(remote).reason()).isNotEqualTo(StopReason.REFUSED);
            assertThat(one.changes).containsExactly("load " + name(v1, 1), "restart", "load " + name(v1, 1));
        }
    }

    @Test
    void aServerThatBrokeOffGetsItsWholeModelAgain() {
        Path file = merged("v000003.safetensors");
        try (RemoteEngine remote = engine(one.url())) {
            remote.load(file, Sha256.of(file), 3);
            one.breakOff();
            remote.start("s", PROMPT, sampling(0, 20));
            assertThat(next(remote).reason()).isNotEqualTo(StopReason.REFUSED);
            assertThat(one.changes).containsExactly("reload", "reload");
        }
    }

    @Test
    void wholeModelsAreReloadedByTheirFolder() {
        Path file = merged("v000003.safetensors");
        try (RemoteEngine remote = engine(one.url());
                LocalEngine local = new LocalEngine(Decoder.load(file, CONFIG), 1, CONFIG.maxPositions(), 3)) {
            remote.load(file, Sha256.of(file), 3);
            assertThat(one.changes).containsExactly("reload");
            remote.start("s", PROMPT, sampling(0, 20));
            local.start("s", PROMPT, sampling(0, 20));
            assertThat(next(remote).tokens()).isEqualTo(next(local).tokens());
        }
    }

    @Test
    void aServerThatSaysItDidNotReloadHasNotGotTheWeights() {
        Path file = merged("v000003.safetensors");
        one.unwilling(true);
        try (RemoteEngine remote = engine(one.url())) {
            assertThatThrownBy(() -> remote.load(file, Sha256.of(file), 3))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("none of 1 servers could load weights 3; version 0 stays in use");
        }
    }

    @Test
    void aServerThatCouldNotReloadIsAskedAgain() {
        Path v3 = merged("v000003.safetensors");
        try (RemoteEngine remote = engine(one.url())) {
            remote.load(v3, Sha256.of(v3), 3);
            one.unwilling(true);
            remote.load(v3, Sha256.of(v3), 4);
            one.unwilling(false);
            assertThat(one.changes).containsExactly("reload");
            remote.start("s", PROMPT, sampling(0, 20));
            assertThat(next(remote).minVersion()).isEqualTo(4);
            assertThat(one.changes).containsExactly("reload", "reload");
        }
    }

    @Test
    void weightsThatComeWhileTheServerIsAwayAreGivenToItWhenItIsBack() {
        Path v1 = adapter("v000001.safetensors");
        Path v2 = adapter("v000002.safetensors");
        try (RemoteEngine remote = engine(one.url())) {
            remote.load(v1, Sha256.of(v1), 1);
            one.away(true);
            remote.load(v2, Sha256.of(v2), 2);
            one.away(false);
            assertThat(one.changes).containsExactly("load " + name(v1, 1));
            remote.start("s", PROMPT, sampling(1, 12));
            assertThat(next(remote).minVersion()).isEqualTo(2);
            assertThat(one.changes).containsExactly("load " + name(v1, 1), "load " + name(v2, 2));
        }
    }

    @Test
    void whereNoServerTakesWeightsTheOldOnesStay() {
        Path v1 = adapter("v000001.safetensors");
        one.close();
        try (RemoteEngine remote = engine(one.url())) {
            assertThatThrownBy(() -> remote.load(v1, Sha256.of(v1), 1))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("none of 1 servers could load weights 1; version 0 stays in use");
            assertThat(remote.version()).isZero();
        }
    }

    @Test
    void whatComesAfterACancellationIsDropped() {
        try (RemoteEngine remote = engine(one.url())) {
            remote.start("s", PROMPT, sampling(1, 12));
            remote.step();
            remote.cancel("s");
            remote.start("s", PROMPT, sampling(1, 14));
            assertThat(next(remote).tokens()).hasSize(14 - PROMPT.length);
            assertThat(remote.step()).isEmpty();
        }
    }

    private static String name(Path adapter, int version) {
        return "seine-v" + version + "-" + Sha256.of(adapter).substring(0, 8);
    }

    private Path merged(String name) {
        Path file = run.resolve(name);
        try (Decoder decoder = Decoder.adapted(BASE, CONFIG, GOLDEN.resolve("lora"), Device.cpu())) {
            decoder.merge();
            decoder.saveModel(file, dev.seine.policy.Precision.FLOAT32);
        }
        return file;
    }

    private Path adapter(String name) {
        Path file = run.resolve(name);
        Path base = run.resolve("cold-start.safetensors");
        try (Decoder decoder = Decoder.adapted(base, CONFIG, GOLDEN.resolve("lora"), Device.cpu())) {
            decoder.save(file);
        }
        return file;
    }
}
