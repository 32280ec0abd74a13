package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackerTest {
    @Test
    void onlySampledTokensHaveAPlace() {
        // prompt 7 8, own 1, documents 9 9, own 2 3, documents 9: inputs are what precedes the last own token
        Sequence s = new Sequence(
                "a",
                new int[] {7, 8, 1, 9, 9, 2, 3, 9},
                new boolean[] {false, false, true, false, false, true, true, false},
                new float[] {0, 0, -1, 0, 0, -2, -3, 0},
                0.5,
                0.7f,
                new int[0]);

        TokenBatch batch =
                new Packer(100, 0).pack(List.of(s), new double[] {0.25}).get(0);

        assertThat(batch.ids()).containsExactly(7, 8, 1, 9, 9, 2);
        assertThat(batch.positions()).containsExactly(1, 4, 5);
        assertThat(batch.targets()).containsExactly(1, 2, 3);
        assertThat(batch.behaviour()).containsExactly(-1, -2, -3);
        assertThat(batch.advantage()).containsExactly(0.5f, 0.5f, 0.5f);
        assertThat(batch.policyWeight()).containsExactly(0.25f, 0.25f, 0.25f);
        assertThat(batch.likelihoodWeight()).containsExactly(0, 0, 0);
        assertThat(batch.temperature()).containsExactly(0.7f, 0.7f, 0.7f);
    }

    @Test
    void rowsArePaddedOnTheRightAndPlacesCountByRow() {
        List<Sequence> two = List.of(Tiny.text("long", 1, 2, 3, 4, 5), Tiny.text("short", 6, 7, 8));

        TokenBatch batch = new Packer(100, 0).pack(two, Tiny.even(2, 1)).get(0);

        // shortest first; widths are lengths - 1 = 2 and 4
        assertThat(batch.ids()).containsExactly(6, 7, 0, 0, 1, 2, 3, 4);
        assertThat(batch.positions()).containsExactly(1, 4 + 1, 4 + 2, 4 + 3);
        assertThat(batch.targets()).containsExactly(8, 3, 4, 5);
    }

    @Test
    void equalBansShareARow() {
        List<Sequence> three = List.of(
                Tiny.rollout("a", 1, 1f, new int[] {3}, 1, 2, 4),
                Tiny.rollout("b", 1, 1f, new int[0], 1, 2, 4),
                Tiny.rollout("c", 1, 1f, new int[] {3}, 1, 2, 4));

        TokenBatch batch = new Packer(100, 0).pack(three, Tiny.even(3, 1)).get(0);

        assertThat(batch.ban()).containsExactly(1, 0, 1);
        assertThat(batch.bias(5)).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, Float.NEGATIVE_INFINITY, 0);
    }

    @Test
    void noMicroBatchExceedsTheBudgetAndNothingIsLost() {
        Random random = new Random(3);
        List<Sequence> all = new ArrayList<>();
        long places = 0;
        for (int i = 0; i < 200; i++) {
            int[] tokens = random.ints(3 + random.nextInt(30), 0, 11).toArray();
            all.add(Tiny.text("s" + i, tokens));
            places += tokens.length - 2;
        }

        List<TokenBatch> batches = new Packer(128, 0).pack(all, Tiny.even(200, 1));

        assertThat(batches).allMatch(b -> b.cost() <= 128);
        assertThat(batches.stream().mapToLong(TokenBatch::size).sum()).isEqualTo(places);
        long cost = batches.stream().mapToLong(TokenBatch::cost).sum();
        long used = all.stream().mapToLong(s -> s.usefulLength() - 1).sum();
        assertThat(1 - used / (double) cost).isLessThan(0.1);
    }

    @Test
    void aSequenceWithoutTrainedTokensIsLeftOut() {
        Sequence none = Sequence.likelihood("none", new int[] {1, 2}, new boolean[2]);
        assertThat(new Packer(100, 0).pack(List.of(none), new double[] {1})).isEmpty();
    }

    @Test
    void tokenWeightsAreEqualAndSequenceWeightsEqualPerSequence() {
        List<Sequence> two = List.of(Tiny.text("three", 1, 2, 3, 4, 5), Tiny.text("one", 6, 7, 8));
        assertThat(Normalisation.TOKEN.weights(two)).containsExactly(0.25, 0.25);
        // 1 / (2 * 3) and 1 / (2 * 1)
        assertThat(Normalisation.SEQUENCE.weights(two)).containsExactly(new double[] {1 / 6.0, 0.5}, within(1e-12));
    }
}
