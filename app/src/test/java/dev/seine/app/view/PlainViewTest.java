package dev.seine.app.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PlainViewTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long seconds;

    @Test
    void aLineEverySoOftenAndTheLastOfEachStage() {
        try (View view = new PlainView(
                new PrintStream(bytes, true, StandardCharsets.UTF_8),
                Duration.ofSeconds(5),
                () -> TimeUnit.SECONDS.toNanos(seconds))) {
            for (int step = 1; step <= 7; step++) {
                seconds = step;
                view.show(progress("cold start", step));
            }
            view.show(progress("evaluation", 1));
        }

        // At 1 s as the first, at 6 s as five have passed, at 7 s as the stage ends, then the new stage.
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "[0:01] cold start step 1/9",
                        "[0:06] cold start step 6/9",
                        "[0:07] cold start step 7/9",
                        "[0:07] evaluation step 1/9");
    }

    @Test
    void figuresAreNamed() {
        assertThat(PlainLine.of(PanelTest.progress(50)))
                .isEqualTo("[1:05] reinforcement learning step 50/200  loss 0.04  reward 0.00  accuracy 50.0%"
                        + "  searches 1.50  staleness 1.00  memory 71.0%  lag 12  generated 21k tok/s"
                        + "  trained 9.8k tok/s  left 1:02:03");
    }

    private Progress progress(String stage, int step) {
        Progress start = Progress.of(stage, 9, Duration.ofSeconds(seconds));
        return new Progress(
                stage,
                step,
                start.totalSteps(),
                start.loss(),
                start.reward(),
                start.accuracy(),
                start.searches(),
                start.staleness(),
                0,
                0,
                0,
                start.memory(),
                start.elapsed(),
                start.left());
    }
}
