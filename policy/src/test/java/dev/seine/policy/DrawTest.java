package dev.seine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class DrawTest {
    private static final int ROWS = 20_000;
    private static final double[] SHARES = {0.05, 0.4, 0.25, 0.2, 0.1};
    private static final NDManager MANAGER = Torch.manager();
    private static final TorchModule NETWORK =
            Torch.compile(MANAGER, new NetworkScript(Models.PLAIN, Optional.empty()).text());

    @AfterAll
    static void close() {
        NETWORK.close();
        MANAGER.close();
    }

    /** Counts of each word, after checking that the log-probability of every draw is that of {@code expected}. */
    private static int[] draw(float temperature, float topP, double[] expected, int... banned) {
        SplittableRandom random = new SplittableRandom(11);
        float[] scores = new float[ROWS * SHARES.length];
        float[] row = new float[3 * ROWS];
        long[] bans = new long[2 * ROWS * banned.length];
        int pair = 0;
        for (int r = 0; r < ROWS; r++) {
            for (int v = 0; v < SHARES.length; v++) {
                scores[r * SHARES.length + v] = (float) Math.log(SHARES[v]) + 3;
            }
            row[r] = temperature;
            row[ROWS + r] = topP;
            row[2 * ROWS + r] = (float) random.nextInt(1 << 22) / (1 << 22);
            for (int token : banned) {
                bans[pair] = r;
                bans[ROWS * banned.length + pair++] = token;
            }
        }
        int[] counts = new int[SHARES.length];
        try (NDManager call = MANAGER.newSubManager()) {
            float[] drawn = NETWORK.call(
                            call,
                            "draw",
                            false,
                            List.of(
                                    call.create(scores, new Shape(ROWS, SHARES.length)),
                                    call.create(row, new Shape(3, ROWS)),
                                    call.create(bans, new Shape(2, bans.length / 2)),
                                    banned.length > 0,
                                    temperature == 0,
                                    topP < 1))
                    .get(0)
                    .toFloatArray();
            for (int r = 0; r < ROWS; r++) {
                int word = (int) drawn[2 * r];
                assertThat((double) drawn[2 * r + 1]).isCloseTo(Math.log(expected[word]), within(1e-5));
                counts[word]++;
            }
        }
        return counts;
    }

    /** Pearson's statistic; 4 degrees of freedom exceed 18.5 once in a thousand. */
    private static double chiSquare(int[] counts, double[] shares) {
        double sum = 0;
        for (int v = 0; v < shares.length; v++) {
            if (shares[v] > 0) {
                double expected = ROWS * shares[v];
                sum += (counts[v] - expected) * (counts[v] - expected) / expected;
            } else {
                assertThat(counts[v]).isZero();
            }
        }
        return sum;
    }

    @Test
    void drawsFollowTheScores() {
        assertThat(chiSquare(draw(1, 1, SHARES), SHARES)).isLessThan(18.5);
    }

    @Test
    void temperatureTwoTakesSquareRoots() {
        double[] roots = Arrays.stream(SHARES).map(Math::sqrt).toArray();
        double sum = Arrays.stream(roots).sum();
        double[] shares = Arrays.stream(roots).map(r -> r / sum).toArray();
        assertThat(chiSquare(draw(2, 1, shares), shares)).isLessThan(18.5);
    }

    @Test
    void topPKeepsTheFewestBestWordsThatReachIt() {
        // best first: 0.4, 0.25, 0.2, ...; before the third 0.65 < 0.7 is collected, before the fourth 0.85: three are
        // kept, of 0.85
        double[] shares = {0, 0.4 / 0.85, 0.25 / 0.85, 0.2 / 0.85, 0};
        assertThat(chiSquare(draw(1, 0.7f, shares), shares)).isLessThan(18.5);
    }

    @Test
    void topPBelowTheBestShareKeepsTheBest() {
        assertThat(draw(1, 0.1f, new double[] {0, 1, 0, 0, 0})).containsExactly(0, ROWS, 0, 0, 0);
    }

    @Test
    void bannedWordsAreNeverDrawnAndTheOthersScaled() {
        // without words 1 and 4 (0.5 in all) the others double
        double[] shares = {0.1, 0, 0.5, 0.4, 0};
        assertThat(chiSquare(draw(1, 1, shares, 1, 4), shares)).isLessThan(18.5);
    }

    @Test
    void topPCountsWhatBansLeave() {
        // without word 1: 1/12, 5/12, 1/3, 1/6; 0.5 is reached by the second best
        double[] shares = {0, 0, 5.0 / 9, 4.0 / 9, 0};
        assertThat(chiSquare(draw(1, 0.5f, shares, 1), shares)).isLessThan(18.5);
    }

    @Test
    void temperatureZeroTakesTheBestWordAndTellsItsProbability() {
        assertThat(draw(0, 1, SHARES)).containsExactly(0, ROWS, 0, 0, 0);
        double[] without = {0.05 / 0.6, 0, 0.25 / 0.6, 0.2 / 0.6, 0.1 / 0.6};
        assertThat(draw(0, 1, without, 1)).containsExactly(0, 0, ROWS, 0, 0);
    }
}
