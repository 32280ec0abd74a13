package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.seine.policy.Decoder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UpdateTest {
    private static final List<Sequence> ROLLOUTS = List.of(
            Tiny.rollout("a", 1, 1f, new int[0], 1, 2, 3, 4, 5),
            Tiny.rollout("b", -1, 1f, new int[] {9}, 1, 2, 6, 7, 8));
    private static final List<Sequence> TEXTS = List.of(Tiny.text("m", 1, 2, 3, 4), Tiny.text("n", 4, 5, 6));

    private Decoder decoder;
    private Decoder reference;
    private Trainer trainer;

    @BeforeEach
    void start() {
        decoder = Tiny.lively(1);
        reference = Tiny.lively(1);
        trainer = new Trainer(decoder);
    }

    @AfterEach
    void stop() {
        trainer.close();
        reference.close();
        decoder.close();
    }

    @Test
    void theDivergenceStartsAtZeroAndGrows() {
        Update update = update(new LossConfig(0.2, 0.2, 0, 0.1, "k2", false, 2, "token"), 1);
        assertThat(update.apply(ROLLOUTS, List.of(), List.of(), 0).policy().divergence())
                .isCloseTo(0, within(1e-9));
        assertThat(update.apply(ROLLOUTS, List.of(), List.of(), 1).policy().divergence())
                .isGreaterThan(1e-6);
    }

    @Test
    void theDecoupledRatioStartsAtOneWhateverWasSampledFrom() {
        Update update = update(new LossConfig(0.2, 0.2, 0, 0, "k2", true, 2, "token"), 1);
        LossSums sums = update.apply(ROLLOUTS, List.of(), List.of(), 0).policy();
        assertThat(sums.ratio()).isCloseTo(6, within(1e-4)); // six sampled tokens
        assertThat(sums.drift()).isNotCloseTo(0, within(0.1));
    }

    @Test
    void eachMinibatchIsAnUpdate() {
        Update.Outcome outcome = update(LossConfig.defaults().withKl(0), 2).apply(ROLLOUTS, TEXTS, List.of(), 0);
        assertThat(trainer.updates()).isEqualTo(2);
        assertThat(outcome.policy().policyTokens()).isEqualTo(6);
        assertThat(outcome.memory().likelihoodTokens()).isEqualTo(3);
    }

    @Test
    void memoryHasItsWeightTimesItsOwnMean() {
        // mu = 0.1: the loss is a tenth of the mean -ln p of the three tokens
        LossSums memory = update(LossConfig.defaults().withKl(0), 1)
                .apply(ROLLOUTS, TEXTS, List.of(), 0)
                .memory();
        assertThat(memory.loss()).isCloseTo(0.1 * memory.meanNll(), within(1e-5));
    }

    @Test
    void nothingToTrainIsNoUpdate() {
        Update.Outcome outcome = update(LossConfig.defaults(), 1).apply(List.of(), List.of(), List.of(), 0);
        assertThat(trainer.updates()).isZero();
        assertThat(outcome.gradNorm()).isZero();
    }

    private Update update(LossConfig loss, int minibatches) {
        LearnerConfig d = LearnerConfig.defaults();
        LearnerConfig config = new LearnerConfig(
                "policy",
                2,
                10,
                2,
                d.advantage(),
                minibatches,
                64,
                Duration.ofMinutes(1),
                1,
                1,
                d.computation(),
                d.optimizer(),
                loss,
                d.memory(),
                d.rehearsal(),
                d.checkpoint());
        return new Update(
                config, trainer, loss.kl() > 0 ? Optional.of(reference) : Optional.empty(), 0, Optional.empty());
    }
}
