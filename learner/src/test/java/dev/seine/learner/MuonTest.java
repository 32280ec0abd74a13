package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.seine.policy.Decoder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MuonTest {
    private static final double LR = 1e-3;
    private static final String WIDE = "model.layers.1.mlp.down_proj.weight"; // [16, 24]
    private static final String TALL = "model.layers.0.mlp.gate_proj.weight"; // [24, 16]
    private static final int LONGER = 24;

    private Decoder decoder;
    private Trainer trainer;

    @BeforeEach
    void start() {
        decoder = Tiny.lively(2);
        trainer = new Trainer(decoder);
    }

    @AfterEach
    void stop() {
        trainer.close();
        decoder.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {WIDE, TALL})
    void directionsOfAMatrixMoveAboutEquallyFar(String name) {
        // A gradient with 4 and 0.4 at (0, 0) and (1, 1) has these singular values, and entries stand for directions.
        // Divided by its norm,
        // sqrt(16.16), each goes five times through 3.4445 s - 4.7750 s^3 + 2.0315 s^5; the step is 0.2 * lr * sqrt(24)
        // times that.
        gradient(name, 4, 0.4);
        float[] before = values(name);
        trainer.update(muon(0), LR);
        float[] after = values(name);
        int columns = (int) parameter(name).getShape().get(1);
        double norm = Math.sqrt(4 * 4 + 0.4 * 0.4);
        for (int i = 0; i < before.length; i++) {
            double s = i == 0 ? 4 / norm : i == columns + 1 ? 0.4 / norm : 0;
            assertThat((double) after[i] - before[i]).isCloseTo(-step(s), within(2e-7));
        }
        assertThat(step(0.4 / norm) / step(4 / norm)).isBetween(0.7, 1.4);
    }

    @Test
    void momentumGoesOnWithoutAGradient() {
        // m = g, then 0.95 g: in both steps the direction is that of g, and its size does not count.
        gradient(WIDE, 4, 0.4);
        float[] first = values(WIDE);
        trainer.update(muon(0), LR);
        float[] second = values(WIDE);
        trainer.update(muon(0), LR);
        float[] third = values(WIDE);
        assertThat(second[0]).isLessThan(first[0]);
        assertThat(third[0] - second[0]).isCloseTo(second[0] - first[0], within(2e-7f));
    }

    @Test
    void aLaterGradientIsLookedAheadTo() {
        // First (4, 0.4): m = (4, 0.4). Then (-4, 0.4): m = 0.95 m + g = (-0.2, 0.78), and what is taken is g + 0.95 m
        // = (-4.19, 1.141).
        gradient(WIDE, 4, 0.4);
        trainer.update(muon(0), LR);
        float[] before = values(WIDE);
        gradient(WIDE, -4, 0.4);
        trainer.update(muon(0), LR);
        double norm = Math.hypot(4.19, 1.141);
        float[] after = values(WIDE);
        assertThat((double) after[0] - before[0]).isCloseTo(step(4.19 / norm), within(2e-7));
        assertThat((double) after[25] - before[25]).isCloseTo(-step(1.141 / norm), within(2e-7));
    }

    @Test
    void embeddingsAndGainsGoByAdamW() {
        // Adam's first step is the rate against the gradient's sign, however large the gradient.
        for (String name : List.of("model.embed_tokens.weight", "model.norm.weight")) {
            NDArray gradient = trainer.gradients().get(decoder.names().indexOf(name));
            float[] values = new float[Math.toIntExact(gradient.size())];
            values[3] = 0.5f;
            gradient.set(values);
        }
        float[] words = values("model.embed_tokens.weight");
        float[] gains = values("model.norm.weight");
        trainer.update(muon(0), LR);
        assertThat(values("model.embed_tokens.weight")[3] - words[3]).isCloseTo((float) -LR, within(2e-7f));
        assertThat(values("model.norm.weight")[3] - gains[3]).isCloseTo((float) -LR, within(2e-7f));
    }

    @Test
    void itsMatricesDecay() {
        // No gradient: 1 - lr * decay = 1 - 0.1 * 0.1 = 0.99.
        float before = values(WIDE)[0];
        trainer.update(muon(0.1), 0.1);
        assertThat(values(WIDE)[0]).isCloseTo(0.99f * before, within(1e-6f));
    }

    @Test
    void autoIsMuonFromScratchOnly() {
        OptimizerConfig auto = new OptimizerConfig("auto", LR, 0, 0.95, 0.9, 0.98, 1e-8, 0, 1);
        assertThat(auto.decided(true).kind()).isEqualTo("muon");
        assertThat(auto.decided(false).kind()).isEqualTo("adamw");
        assertThat(muon(0).decided(false).kind()).isEqualTo("muon");
    }

    @Test
    void anotherKindIsRefused() {
        assertThatThrownBy(() -> new OptimizerConfig("sgd", LR, 0, 0.95, 0.9, 0.98, 1e-8, 0, 1))
                .hasMessage("optimizer.kind must be auto, adamw or muon, got sgd");
    }

    /** What a direction of singular value s moves. */
    private static double step(double s) {
        double x = s;
        for (int i = 0; i < 5; i++) {
            x = 3.4445 * x - 4.7750 * Math.pow(x, 3) + 2.0315 * Math.pow(x, 5);
        }
        return 0.2 * LR * Math.sqrt(LONGER) * x;
    }

    private static OptimizerConfig muon(double decay) {
        return new OptimizerConfig(OptimizerConfig.MUON, LR, 0, 0.95, 0.9, 0.98, 1e-12, decay, 1e9);
    }

    /** Two values on the diagonal of the gradient of a parameter. */
    private void gradient(String name, double first, double second) {
        NDArray gradient = trainer.gradients().get(decoder.names().indexOf(name));
        float[] values = new float[Math.toIntExact(gradient.size())];
        values[0] = (float) first;
        values[Math.toIntExact(gradient.getShape().get(1)) + 1] = (float) second;
        gradient.set(values);
    }

    private NDArray parameter(String name) {
        return decoder.parameters().get(decoder.names().indexOf(name));
    }

    private float[] values(String name) {
        return parameter(name).toFloatArray();
    }
}
