package dev.seine.serving.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.LearnerStep;
import dev.seine.event.StepPhase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BoardTest {
    private final Board board = new Board(3);

    @Test
    void theNewestEntriesAreKeptUnderTheirNumbers() throws Exception {
        for (int step = 1; step <= 5; step++) {
            board.add(step(step, Map.of("reward", 0.5)));
        }
        assertThat(board.from(0)).extracting(Board.Entry::number).containsExactly(2L, 3L, 4L);
        assertThat(board.from(4)).extracting(Board.Entry::number).containsExactly(4L);
        assertThat(board.await(5, Duration.ZERO)).isEmpty();
    }

    @Test
    void figuresHaveFiveDigitsAndWhatIsNoNumberIsLeftOut() {
        board.add(step(1, Map.of("reward", 1.0 / 3, "loss", Double.NaN, "repetition", 0.1)));
        assertThat(board.from(0).get(0).json())
                .isEqualTo("{\"type\":\"step\",\"at_ms\":7,\"step\":1,\"seconds\":1.5,\"reward\":0.33333}");
    }

    @Test
    void aReaderThatWaitsGetsTheNextEntry() throws Exception {
        CompletableFuture<List<Board.Entry>> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return board.await(0, Duration.ofSeconds(30));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        board.add(step(1, Map.of()));
        assertThat(waiting.get()).hasSize(1);
    }

    private static LearnerStep step(long step, Map<String, Double> metrics) {
        return LearnerStep.newBuilder()
                .setPolicy("test")
                .setStep(step)
                .setPhase(StepPhase.APPLIED)
                .setStage("rl")
                .setVersionIn(step - 1)
                .setVersionOut(step)
                .setMetrics(metrics)
                .setTookMs(1_500)
                .setAtMs(7)
                .build();
    }
}
