package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.seine.policy.Decoder;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.Torch;
import dev.seine.schemas.Demonstration;
import dev.seine.schemas.Dialect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ColdStartTest {
    private static final OptimizerConfig FAST = OptimizerConfig.adamw(5e-3, 10);

    @TempDir
    Path dir;

    private Tokenizer tokenizer;

    @BeforeEach
    void start() {
        Torch.threads(1);
        tokenizer = Words.tokenizer(dir);
    }

    @AfterEach
    void stop() {
        tokenizer.close();
    }

    @Test
    void theAnswersAreLearned() {
        List<ColdStart.Progress> reports = new ArrayList<>();
        try (Decoder decoder = decoder()) {
            ColdStart.Progress last =
                    coldStart(config(50, 0, Duration.ZERO), Clock.systemUTC()).run(decoder, reports::add);
            assertThat(last.loss()).isLessThan(reports.get(0).loss() / 4);
            assertThat(last.tokensPerSecond()).isPositive();
            assertThat(last.step()).isEqualTo(last.steps());
            assertThat(reports).endsWith(last);
            // warm-up ends at the peak, the cosine at a tenth of it
            assertThat(last.lr()).isBetween(5e-4, 5.5e-4);
        }
    }

    @Test
    void equalSeedsGiveEqualWeights() {
        try (Decoder one = decoder();
                Decoder two = decoder()) {
            coldStart(config(2, 0, Duration.ZERO), Clock.systemUTC()).run(one, p -> {});
            coldStart(config(2, 0, Duration.ZERO), Clock.systemUTC()).run(two, p -> {});
            assertThat(Tiny.values(one.parameters()))
                    .usingRecursiveComparison()
                    .isEqualTo(Tiny.values(two.parameters()));
        }
    }

    @Test
    void theFirstBoundReachedEndsIt() {
        try (Decoder decoder = decoder()) {
            assertThat(coldStart(config(40, 7, Duration.ZERO), Clock.systemUTC())
                            .run(decoder, p -> {})
                            .step())
                    .isEqualTo(7);
            assertThat(coldStart(config(40, 0, Duration.ofSeconds(60)), ticking(Duration.ofSeconds(1)))
                            .run(decoder, p -> {})
                            .step())
                    .isBetween(5, 60);
        }
    }

    @Test
    void whatCannotBeTrainedAtAllIsRefused() {
        assertThatThrownBy(() -> new ColdStart(
                        config(1, 0, Duration.ZERO),
                        Words.demonstrations(2),
                        Dialect.R1_SEARCHER_PP,
                        tokenizer,
                        4,
                        Clock.systemUTC()))
                .hasMessageContaining("got 2 demonstrations of which none can be trained");
    }

    @Test
    void aBrokenLineIsNamed() throws IOException {
        Path file = dir.resolve("demos.jsonl");
        Files.writeString(
                file, "{\"id\":\"a\",\"prompt\":\"p\",\"response\":\"r\"}\n\n{\"id\":\"b\",\"prompt\":\"p\"}\n");
        assertThatThrownBy(() -> Demonstration.read(file))
                .hasMessageContaining("demos.jsonl:3: field response must be text, got");
    }

    private Decoder decoder() {
        return Decoder.random(Words.model(tokenizer), 5, Device.cpu());
    }

    private ColdStart coldStart(ColdStartConfig config, InstantSource clock) {
        return new ColdStart(config, Words.demonstrations(20), Dialect.R1_SEARCHER_PP, tokenizer, 64, clock);
    }

    private static ColdStartConfig config(int epochs, int steps, Duration limit) {
        return new ColdStartConfig(epochs, steps, limit, 128, 64, 0.1, 5, 3, FAST);
    }

    private static InstantSource ticking(Duration step) {
        return new InstantSource() {
            private Instant now = Instant.EPOCH;

            @Override
            public Instant instant() {
                now = now.plus(step);
                return now;
            }
        };
    }
}
