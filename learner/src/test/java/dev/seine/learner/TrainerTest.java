package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.seine.policy.Decoder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrainerTest {
    private static final LossConfig LOSS = LossConfig.defaults().withKl(0);
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

    @Test
    void whatFollowsTheLastSampledTokenChangesNothing() {
        Sequence one = documentsAtTheEnd(9, 9);
        Sequence other = documentsAtTheEnd(3, 5);
        assertThat(gradients(List.of(one), 0)).usingRecursiveComparison().isEqualTo(gradients(List.of(other), 0));
    }

    @Test
    void paddingChangesNothing() {
        List<Sequence> unequal = List.of(Tiny.text("long", 1, 2, 3, 4, 5, 6), Tiny.text("short", 6, 7, 8));
        assertThat(gradients(unequal, 0)).usingRecursiveComparison().isEqualTo(gradients(unequal, 10));
    }

    @Test
    void aDocumentTokenIsContextButNoTarget() {
        // Document 9 at index 3 may change what follows it, but the row of the only place before it is untouched by
        // which id it is.
        Sequence nine = middleDocument(9);
        Sequence five = middleDocument(5);
        TokenBatch a = new Packer(100, 0).pack(List.of(nine), new double[] {1}).get(0);
        TokenBatch b = new Packer(100, 0).pack(List.of(five), new double[] {1}).get(0);
        float[] first = trainer.logprobs(a, LOSS, decoder);
        float[] second = trainer.logprobs(b, LOSS, decoder);
        assertThat(a.targets()).containsExactly(3, 4).isEqualTo(b.targets());
        assertThat(first[0]).isEqualTo(second[0]);
        assertThat(first[1]).isNotEqualTo(second[1]);
    }

    @Test
    void bannedTokensShareNoProbability() {
        // Over all 11 targets of one place the probabilities sum to 1; with 9 and 10 banned over the other 9.
        double all = 0;
        double allowed = 0;
        for (int id = 0; id < 11; id++) {
            all += probability(id, new int[0]);
            allowed += id < 9 ? probability(id, new int[] {9, 10}) : 0;
        }
        assertThat(all).isCloseTo(1, within(1e-5));
        assertThat(allowed).isCloseTo(1, within(1e-5));
    }

    @Test
    void microBatchesAddUpToTheWholeBatch() {
        List<Sequence> sequences = List.of(
                Tiny.rollout("a", 1.3, 1f, new int[0], 1, 2, 3, 4, 5, 6),
                Tiny.rollout("b", -0.7, 0.8f, new int[] {9}, 1, 2, 7, 8),
                Tiny.text("c", 1, 5, 6, 7, 8));
        new Packer(1000, 0).pack(sequences, Tiny.even(3, 0.1)).forEach(b -> trainer.accumulate(b, LOSS));
        List<float[]> whole = Tiny.values(trainer.gradients());
        trainer.update(OptimizerConfig.adamw(1e-12, 5), 1e-12);
        new Packer(5, 0).pack(sequences, Tiny.even(3, 0.1)).forEach(b -> trainer.accumulate(b, LOSS));
        List<float[]> parts = Tiny.values(trainer.gradients());
        for (int i = 0; i < whole.size(); i++) {
            assertThat(parts.get(i)).containsExactly(whole.get(i), within(2e-5f));
        }
    }

    @Test
    void theFirstUpdateMovesEachValueByTheRateAgainstItsGradient() {
        // Adam's first step: m / (1 - b1) = g, v / (1 - b2) = g^2, so a change of lr * g / (|g| + eps) = lr; no decay,
        // clip out of reach
        OptimizerConfig plain = new OptimizerConfig(OptimizerConfig.ADAMW, 1e-3, 0, 0.95, 0.9, 0.98, 1e-12, 0, 1e9);
        accumulate();
        float[] gradient = trainer.gradients().get(0).toFloatArray();
        float[] before = decoder.parameters().get(0).toFloatArray();
        double norm = trainer.update(plain, 1e-3);
        float[] after = decoder.parameters().get(0).toFloatArray();
        for (int i = 0; i < before.length; i++) {
            if (Math.abs(gradient[i]) > 1e-6) {
                assertThat(after[i] - before[i]).isCloseTo(-1e-3f * Math.signum(gradient[i]), within(2e-6f));
            }
        }
        assertThat(norm).isPositive();
        assertThat(trainer.updates()).isEqualTo(1);
        assertThat(Tiny.values(trainer.gradients())).allMatch(g -> sum(g) == 0);
    }

    @Test
    void matricesDecayAndNormGainsAndBiasesDoNot() {
        // No gradient at all: a matrix is multiplied by 1 - lr * decay = 0.99, gains and biases stay.
        List<float[]> before = Tiny.values(decoder.parameters());
        trainer.update(new OptimizerConfig(OptimizerConfig.ADAMW, 0.1, 0, 0.95, 0.9, 0.98, 1e-8, 0.1, 1), 0.1);
        for (int i = 0; i < before.size(); i++) {
            NDArray parameter = decoder.parameters().get(i);
            double factor = parameter.getShape().dimension() > 1 ? 0.99 : 1;
            assertThat((double) parameter.toFloatArray()[0])
                    .as(decoder.names().get(i))
                    .isCloseTo(factor * before.get(i)[0], within(1e-6));
        }
    }

    @Test
    void aGradientThatIsNotFiniteChangesNothing() {
        Sequence bad = Tiny.rollout("bad", Double.NaN, 1f, new int[0], 1, 2, 3, 4);
        List<float[]> before = Tiny.values(decoder.parameters());
        new Packer(100, 0).pack(List.of(bad), new double[] {1}).forEach(b -> trainer.accumulate(b, LOSS));
        assertThat(trainer.update(OptimizerConfig.adamw(3e-4, 5), 1e-3)).isNaN();
        assertThat(Tiny.values(decoder.parameters())).usingRecursiveComparison().isEqualTo(before);
        assertThat(trainer.updates()).isZero();
        accumulate();
        assertThat(trainer.update(OptimizerConfig.adamw(3e-4, 5), 1e-3)).isFinite();
    }

    @Test
    void nothingThatAStepMakesOutlivesIt() {
        accumulate();
        trainer.update(OptimizerConfig.adamw(3e-4, 5), 1e-3);
        int before = arrays();
        for (int i = 0; i < 50; i++) {
            accumulate();
            trainer.update(OptimizerConfig.adamw(3e-4, 5), 1e-3);
        }
        assertThat(arrays()).isEqualTo(before);
    }

    private int arrays() {
        return decoder.manager().getManagedArrays().size()
                + decoder.manager().getParentManager().getManagedArrays().size();
    }

    private void accumulate() {
        List<Sequence> sequences = List.of(Tiny.text("a", 1, 2, 3, 4, 5, 6), Tiny.text("b", 3, 4, 5, 6));
        new Packer(100, 0).pack(sequences, Tiny.even(2, 0.2)).forEach(b -> trainer.accumulate(b, LOSS));
    }

    private List<float[]> gradients(List<Sequence> sequences, int pad) {
        new Packer(100, pad).pack(sequences, Tiny.even(sequences.size(), 1)).forEach(b -> trainer.accumulate(b, LOSS));
        List<float[]> gradients = Tiny.values(trainer.gradients());
        trainer.gradients().forEach(g -> g.set(new float[Math.toIntExact(g.size())]));
        return gradients;
    }

    private double probability(int id, int[] banned) {
        Sequence s = Tiny.rollout("p", 1, 0.7f, banned, 1, 2, id);
        TokenBatch batch = new Packer(100, 0).pack(List.of(s), new double[] {1}).get(0);
        return Math.exp(trainer.logprobs(batch, LOSS, decoder)[0]);
    }

    private static Sequence documentsAtTheEnd(int x, int y) {
        boolean[] sampled = {false, false, true, true, false, false};
        return new Sequence(
                "a", new int[] {1, 2, 3, 4, x, y}, sampled, new float[] {0, 0, -1, -1, 0, 0}, 1, 1f, new int[0]);
    }

    private static Sequence middleDocument(int id) {
        boolean[] sampled = {false, false, true, false, true};
        return new Sequence("a", new int[] {1, 2, 3, id, 4}, sampled, new float[] {0, 0, -1, 0, -1}, 1, 1f, new int[0]);
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += Math.abs(value);
        }
        return sum;
    }
}
