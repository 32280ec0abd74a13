package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.seine.policy.Decoder;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The loss of 2 x 3 tokens against arithmetic. Ratios are given as p / p behaviour through their logarithms. */
class LossTest {
    private static final float LN2 = (float) Math.log(2);
    private static Decoder decoder;
    private static Trainer trainer;

    @BeforeAll
    static void start() {
        decoder = Tiny.decoder(1);
        trainer = new Trainer(decoder);
    }

    @AfterAll
    static void stop() {
        trainer.close();
        decoder.close();
    }

    @Test
    void theRatioIsClippedWhereItWouldHelpAndNotWhereItWouldHurt() {
        // row 1, A = 2: ratios 1, 2, 1/2 -> min(2, 2) = 2; min(4, 1.2 * 2) = 2.4; min(1, 0.8 * 2) = 1
        // row 2, A = -1: ratios 1, 2, 1/2 -> min(-1, -1) = -1; min(-2, -1.2) = -2; min(-0.5, -0.8) = -0.8
        // sum of objectives = 5.4 - 3.8 = 1.6; token mean of 6: loss = -1.6 / 6
        float[] behaviour = {-1, -1, -1, -1, -1, -1};
        float[] now = {-1, -1 + LN2, -1 - LN2, -1, -1 + LN2, -1 - LN2};
        TokenBatch batch = batch(behaviour, behaviour, new float[] {2, 2, 2, -1, -1, -1}, 1f / 6, 0);

        LossSums sums = trainer.losses(now, batch, LossConfig.defaults().withKl(0));

        assertThat(sums.policy()).isCloseTo(-1.6 / 6, within(1e-6));
        assertThat(sums.loss()).isEqualTo(sums.policy());
        assertThat(sums.policyTokens()).isEqualTo(6);
        assertThat(sums.ratio()).isCloseTo(7, within(1e-5)); // 1 + 2 + 0.5, twice
        assertThat(sums.ratioMax()).isCloseTo(2, within(1e-6));
        assertThat(sums.stopped()).isEqualTo(2); // A = 2 at ratio 2, A = -1 at ratio 1/2
        assertThat(sums.driftMax()).isCloseTo(LN2, within(1e-6));
        assertThat(sums.drift()).isCloseTo(0, within(1e-6));
    }

    @Test
    void theDivergenceIsHalfTheSquaredDifference() {
        // logp - reference = 0.1, -0.2, 0.3, 0, 0, 1: squares sum to 0.01 + 0.04 + 0.09 + 1 = 1.14; k2 = 0.57; / 6 *
        // coefficient 0.5
        float[] now = {-1, -1, -1, -1, -1, -1};
        float[] reference = {-1.1f, -0.8f, -1.3f, -1, -1, -2};
        TokenBatch batch = batch(now, now, new float[6], 1f / 6, 0).withReference(reference);

        LossSums sums = trainer.losses(now, batch, LossConfig.defaults().withKl(0.5));

        assertThat(sums.divergence()).isCloseTo(0.57, within(1e-6));
        assertThat(sums.kl()).isCloseTo(0.5 * 0.57 / 6, within(1e-6));
        assertThat(sums.loss()).isCloseTo(0.0475, within(1e-6));
    }

    @Test
    void theDualClipBoundsWhatABadTokenCanCost() {
        // A = -1, c = 3: ratios 1, 2, 8: min(-1, -1) = -1; min(-2, -1.2) = -2; min(-8, -1.2) = -8, at least 3 * -1 = -3
        // A = 2: ratio 8: min(16, 1.2 * 2) = 2.4, not touched; objectives -1 - 2 - 3 + 2.4 = -3.6
        float[] behaviour = {-3, -3, -3, -3, -3, -3};
        float[] now = {-3, -3 + LN2, -3 + 3 * LN2, -3 + 3 * LN2, -3, -3};
        TokenBatch batch = batch(behaviour, behaviour, new float[] {-1, -1, -1, 2, 0, 0}, 1, 0);
        LossConfig dual = new LossConfig(0.2, 0.2, 3, 0, "k2", false, 2, "token");

        LossSums sums = trainer.losses(now, batch, dual);

        assertThat(sums.policy()).isCloseTo(3.6, within(1e-5));
        assertThat(sums.stopped()).isEqualTo(2); // the third token by the dual clip, the fourth by the clip
        LossConfig plain = LossConfig.defaults().withKl(0);
        assertThat(trainer.losses(now, batch, plain).policy()).isCloseTo(8.6, within(1e-5));
    }

    @Test
    void theEstimatorsOfTheDivergenceAreSchulmans() {
        // d = logp - reference = ln 2 for the first three, -ln 2 for the others; ratio 1
        // k1: +-ln 2, sum 0; k3: exp(-d) - 1 + d = 1/2 - 1 + ln 2 and 2 - 1 - ln 2: sum 3 * (0.5 - 1 + 1) = 1.5
        // k2: 6 * ln(2)^2 / 2 = 1.441359
        float[] now = {-2, -2, -2, -2, -2, -2};
        float[] reference = {-2 - LN2, -2 - LN2, -2 - LN2, -2 + LN2, -2 + LN2, -2 + LN2};
        TokenBatch batch = batch(now, now, new float[6], 1, 0).withReference(reference);

        assertThat(kl(now, batch, "k1")).isCloseTo(0, within(1e-6));
        assertThat(kl(now, batch, "k2")).isCloseTo(1.441359, within(1e-5));
        assertThat(kl(now, batch, "k3")).isCloseTo(1.5, within(1e-5));
    }

    private static double kl(float[] now, TokenBatch batch, String estimator) {
        return trainer.losses(now, batch, LossConfig.defaults().withKl(1, estimator))
                .kl();
    }

    @Test
    void theDecoupledObjectiveWeighsByATruncatedRatioOfProximalToBehaviour() {
        // p = p proximal, so all ratios are 1; p proximal / p behaviour = 1, 1/2, 4 -> cap 2; A = 1 in row 1, -1 in row
        // 2
        // objectives: 1, 0.5, 2, -1, -0.5, -2: they cancel; with A = 1 everywhere their sum is 7
        float[] proximal = {-2, -2, -2, -2, -2, -2};
        float[] behaviour = {-2, -2 + LN2, -2 - 2 * LN2, -2, -2 + LN2, -2 - 2 * LN2};
        LossConfig loss = new LossConfig(0.2, 0.2, 0, 0, "k2", true, 2, "token");

        TokenBatch mixed = batch(behaviour, proximal, new float[] {1, 1, 1, -1, -1, -1}, 1, 0);
        TokenBatch good = batch(behaviour, proximal, new float[] {1, 1, 1, 1, 1, 1}, 1, 0);

        assertThat(trainer.losses(proximal, mixed, loss).policy()).isCloseTo(0, within(1e-6));
        assertThat(trainer.losses(proximal, good, loss).policy()).isCloseTo(-7, within(1e-5));
    }

    @Test
    void likelihoodTokensHaveNegativeLogLikelihoodAndNoPolicyLoss() {
        // -logp = 1, 2, 3, 4, 5, 6: sum 21, weight 0.1
        float[] now = {-1, -2, -3, -4, -5, -6};
        TokenBatch batch = batch(new float[6], new float[6], new float[] {9, 9, 9, 9, 9, 9}, 0, 0.1f);

        LossSums sums = trainer.losses(now, batch, LossConfig.defaults());

        assertThat(sums.likelihood()).isCloseTo(2.1, within(1e-6));
        assertThat(sums.loss()).isCloseTo(2.1, within(1e-6));
        assertThat(sums.meanNll()).isCloseTo(3.5, within(1e-6));
        assertThat(sums.policyTokens()).isZero();
        assertThat(sums.ratioMax()).isZero();
    }

    private static TokenBatch batch(
            float[] behaviour, float[] proximal, float[] advantage, float policy, float likelihood) {
        int n = behaviour.length;
        float[] policyWeight = new float[n];
        float[] likelihoodWeight = new float[n];
        float[] temperature = new float[n];
        Arrays.fill(policyWeight, policy);
        Arrays.fill(likelihoodWeight, likelihood);
        Arrays.fill(temperature, 1);
        return new TokenBatch(
                2,
                3,
                new long[n],
                new long[n],
                new long[n],
                behaviour,
                proximal,
                new float[n],
                advantage,
                policyWeight,
                likelihoodWeight,
                temperature,
                new long[n],
                new int[n],
                new int[][] {{}});
    }
}
