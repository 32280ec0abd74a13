package dev.seine.producers.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LedgerTest {
    private final Ledger ledger = new Ledger();

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @Test
    void whatIsWrittenGoesWithOneOffsetAtLeast() {
        ledger.open(new Origin(1, 10), 2);
        assertThat(ledger.atLeastOne(Map.of(1, 11L))).containsExactly(Map.entry(1, 10L));
        // nothing is new, and 10 is still open
        assertThat(ledger.atLeastOne(Map.of(1, 11L))).containsExactly(Map.entry(1, 10L));
    }

    @Test
    void anOffsetWaitsForAllTrajectoriesOfItsQuestion() {
        Origin first = new Origin(1, 10);
        ledger.open(first, 2);
        assertThat(ledger.written(first)).isFalse();
        assertThat(ledger.committable(Map.of(1, 11L))).containsExactly(Map.entry(1, 10L));
        assertThat(ledger.written(first)).isTrue();
        assertThat(ledger.committable(Map.of(1, 11L))).containsExactly(Map.entry(1, 11L));
        assertThat(ledger.committable(Map.of(1, 11L))).isEmpty();
        assertThat(ledger.next(1, 11)).isEqualTo(11);
    }

    @Test
    void aPartitionThatComesBackStartsAfresh() {
        ledger.open(new Origin(0, 5), 1);
        ledger.drop(Set.of(0));
        assertThat(ledger.committable(Map.of(0, 5L))).containsExactly(Map.entry(0, 5L));
    }

    /** The committed offset is never above an unfinished question, and is all of them when all are done. */
    @ParameterizedTest
    @MethodSource("seeds")
    void nothingUnfinishedIsEverCommitted(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Long> open = new ArrayList<>();
        long next = 0;
        long committed = 0;
        for (int i = 0; i < 300; i++) {
            if (random.nextBoolean()) {
                ledger.open(new Origin(0, next), 1);
                open.add(next++);
            } else if (!open.isEmpty()) {
                ledger.written(new Origin(0, open.remove(random.nextInt(open.size()))));
            }
            long least = open.stream().mapToLong(Long::longValue).min().orElse(next);
            Map<Integer, Long> offsets = ledger.committable(Map.of(0, next));
            assertThat(offsets.getOrDefault(0, committed)).isEqualTo(least);
            committed = least;
        }
    }
}
