package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.policy.Decoder;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConfidenceTest {
    private static final int OPEN = 8;
    private static final int CLOSE = 9;
    private static final int SEARCH = 10;

    private final Decoder decoder = Tiny.lively(3);
    private final Trainer trainer = new Trainer(decoder);
    private final Packer packer = new Packer(100, 0);
    // prompt 1 2, then a recall of 5 6 and one of 7, then the answer
    private final Sequence sample = Tiny.text("s", 1, 2, OPEN, 5, 6, CLOSE, OPEN, 7, CLOSE, 4);

    @AfterEach
    void close() {
        trainer.close();
        decoder.close();
    }

    private List<Sequence> admit(double above) {
        return admitted(above, 0).sequences();
    }

    private Confidence.Admitted admitted(double above, double unprompted) {
        return new Confidence(
                        trainer,
                        packer,
                        new Confidence.Tags(OPEN, CLOSE, SEARCH),
                        new MemoryConfig(1, 1, 1, above, unprompted, 0),
                        7)
                .admit(List.of(sample), 0);
    }

    private boolean[] admitted(double above) {
        return admit(above).get(0).trained();
    }

    /** p(5 6) from the network itself: tokens 3 and 4 of the sample. */
    private double recalled(int from, int to) {
        TokenBatch batch = packer.pack(List.of(sample), new double[] {1}).get(0);
        float[] logprobs = trainer.logprobs(batch, LossConfig.LIKELIHOOD, decoder);
        double sum = 0;
        for (int i = 0; i < logprobs.length; i++) {
            sum += batch.token(i) >= from && batch.token(i) < to ? logprobs[i] : 0;
        }
        return Math.exp(sum);
    }

    @Test
    void aTagIsTrainedWhereItsWordsAreLikelyEnough() {
        double first = recalled(3, 5);
        double second = recalled(7, 8);
        double between = Math.sqrt(first * second);
        boolean[] trained = admitted(between);
        assertThat(trained[2]).isEqualTo(first > second);
        assertThat(trained[6]).isEqualTo(second > first);
    }

    @Test
    void aboveOneNoTagIsTrainedAndEverythingElseIs() {
        assertThat(admitted(1.5)).containsExactly(false, false, false, true, true, true, false, true, true, true);
    }

    @Test
    void atTheFirstUncertainRecallASearchIsTrainedInstead() {
        List<Sequence> admitted = admit(1.5);
        assertThat(admitted).hasSize(2);
        assertThat(admitted.get(1).tokens()).containsExactly(1, 2, SEARCH);
        assertThat(admitted.get(1).trained()).containsExactly(false, false, true);
    }

    @Test
    void whereAllIsCertainNothingIsSearched() {
        assertThat(admit(1e-30)).hasSize(1);
    }

    @Test
    void atAnyTinyProbabilityEveryTagIsTrained() {
        assertThat(admitted(1e-30)).isEqualTo(sample.trained());
    }

    @Test
    void withoutItsQuestionOnlyWhatIsRecalledIsTrained() {
        Sequence longer = Tiny.text("s", 1, 2, OPEN, 5, 6, CLOSE, 4);
        Sequence asked = Sequence.likelihood("s", prepend(3, longer.tokens()), prepend(longer.trained()));
        Sequence unprompted = Unprompted.of(asked, new Confidence.Tags(OPEN, CLOSE, SEARCH));
        // of the prompt 3 1 2 the first and the last are left
        assertThat(unprompted.tokens()).containsExactly(3, 2, OPEN, 5, 6, CLOSE, 4);
        assertThat(unprompted.trained()).containsExactly(false, false, false, true, true, true, false);
    }

    @Test
    void anUncertainSampleIsNamedWithOrWithoutItsQuestion() {
        assertThat(admitted(1.5, 0).uncertain()).containsExactly("s");
        assertThat(admitted(1.5, 1).uncertain()).containsExactly("s");
        assertThat(admitted(1.5, 1).sequences()).hasSize(1);
        assertThat(admitted(1e-30, 1).uncertain()).isEmpty();
    }

    private static int[] prepend(int first, int... rest) {
        return IntStream.concat(IntStream.of(first), IntStream.of(rest)).toArray();
    }

    private static boolean[] prepend(boolean... rest) {
        boolean[] all = new boolean[rest.length + 1];
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }
}
