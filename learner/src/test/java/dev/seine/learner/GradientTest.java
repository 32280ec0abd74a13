package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.seine.policy.Decoder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradient of the whole loss through the whole network, array by array, against differences of the loss. */
class GradientTest {
    static Stream<LossConfig> losses() {
        return Stream.of(
                LossConfig.defaults().withKl(0.3),
                LossConfig.defaults().withKl(0.3, "k3"),
                new LossConfig(0.1, 0.3, 1.5, 0.3, "k2", false, 2, "token"));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void theGradientIsTheSlopeOfTheLoss(LossConfig loss) {
        try (Decoder decoder = Tiny.lively(3);
                Trainer trainer = new Trainer(decoder)) {
            TokenBatch batch = mixed(trainer, loss);
            trainer.accumulate(batch, loss);
            List<float[]> gradients = Tiny.values(trainer.gradients());
            SplittableRandom random = new SplittableRandom(5);
            for (int i = 0; i < gradients.size(); i++) {
                float[] direction = unit(random, gradients.get(i).length);
                double expected = dot(gradients.get(i), direction);
                double slope = slope(trainer, batch, loss, decoder.parameters().get(i), direction);
                assertThat(slope)
                        .as(decoder.names().get(i))
                        .isCloseTo(expected, within(2e-3 * Math.max(1, norm(gradients.get(i)))));
            }
        }
    }

    /**
     * The estimator k1 has gradient d for each token under the policy that sampled, as k2 has. Differentiated as it stands it would have
     * gradient 1, whose mean is 0: it would not hold the policy at all.
     */
    @Test
    void whereTheRatioIsOneK1HasTheGradientOfK2() {
        assertThat(gradient("k1"))
                .usingElementComparator(GradientTest::close)
                .containsExactlyElementsOf(gradient("k2"));
    }

    private static List<Float> gradient(String estimator) {
        LossConfig loss = LossConfig.defaults().withKl(0.7, estimator);
        try (Decoder decoder = Tiny.lively(3);
                Trainer trainer = new Trainer(decoder)) {
            TokenBatch batch = mixed(trainer, loss);
            trainer.accumulate(batch.withProximal(trainer.logprobs(batch, loss, decoder)), loss);
            List<Float> all = new ArrayList<>();
            for (float[] values : Tiny.values(trainer.gradients())) {
                for (float value : values) {
                    all.add(value);
                }
            }
            return all;
        }
    }

    private static int close(Float a, Float b) {
        return Math.abs(a - b) < 1e-5 ? 0 : Float.compare(a, b);
    }

    /** Ratios inside and outside the clip, a ban, a temperature, the reference term and likelihood rows beside policy rows. */
    private static TokenBatch mixed(Trainer trainer, LossConfig loss) {
        List<Sequence> sequences = List.of(
                Tiny.rollout("a", 1.3, 1f, new int[0], 1, 2, 3, 4, 5, 6),
                Tiny.rollout("b", -0.7, 0.8f, new int[] {9, 10}, 1, 2, 7, 8, 3, 3, 2),
                Tiny.text("c", 1, 5, 6, 7, 8));
        TokenBatch batch =
                new Packer(1000, 0).pack(sequences, Tiny.even(3, 0.1)).get(0);
        try (Decoder reference = Tiny.lively(4)) {
            return batch.withReference(trainer.logprobs(batch, loss, reference));
        }
    }

    private static double slope(
            Trainer trainer, TokenBatch batch, LossConfig loss, NDArray parameter, float[] direction) {
        float[] start = parameter.toFloatArray();
        double step = 4e-3;
        double[] losses = new double[2];
        for (int side = 0; side < 2; side++) {
            float[] moved = start.clone();
            for (int i = 0; i < moved.length; i++) {
                moved[i] += (float) ((side == 0 ? step : -step) * direction[i]);
            }
            parameter.set(moved);
            losses[side] = trainer.accumulate(batch, loss).loss();
        }
        parameter.set(start);
        return (losses[0] - losses[1]) / (2 * step);
    }

    private static float[] unit(SplittableRandom random, int length) {
        float[] direction = new float[length];
        for (int i = 0; i < length; i++) {
            direction[i] = (float) random.nextGaussian();
        }
        double norm = norm(direction);
        for (int i = 0; i < length; i++) {
            direction[i] /= (float) norm;
        }
        return direction;
    }

    private static double norm(float[] values) {
        return Math.sqrt(dot(values, values));
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
