package dev.seine.producers.questions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TrainingOrderTest {
    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyEpochHoldsEveryQuestionOnce(long seed) {
        int size = 1 + (int) (seed * 7 % 50);
        TrainingOrder order = new TrainingOrder(seed, size);
        for (int epoch = 0; epoch < 3; epoch++) {
            long first = (long) epoch * size;
            assertThat(IntStream.range(0, size).map(i -> order.index(first + i)).sorted())
                    .containsExactlyElementsOf(IntStream.range(0, size).boxed().toList());
            assertThat(order.epoch(first + size - 1)).isEqualTo(epoch);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theOrderIsTheSameWhereverItIsEntered(long seed) {
        TrainingOrder whole = new TrainingOrder(seed, 40);
        List<Integer> all = IntStream.range(0, 120).mapToObj(whole::index).toList();
        assertThat(new TrainingOrder(seed, 40).index(77)).isEqualTo(all.get(77));
        assertThat(all.subList(0, 40)).isNotEqualTo(all.subList(40, 80));
    }

    @Test
    void theWindowEndsWhereTheLearnerWouldBeTooFarBehind() {
        // 8 questions a step, 1 step ahead: at version 3 steps 0..4 are admitted, seqs 0..39.
        assertThat(new PublisherConfig(4, 0, 8, 1, 0, 0, 0).admitted(3)).isEqualTo(40);
        // 4 steps at most: seqs 0..31.
        assertThat(new PublisherConfig(4, 0, 8, 1, 4, 0, 0).admitted(3)).isEqualTo(32);
        // On-policy before the first step: step 0 only.
        assertThat(new PublisherConfig(4, 0, 8, 0, 0, 0, 0).admitted(0)).isEqualTo(8);
    }
}
