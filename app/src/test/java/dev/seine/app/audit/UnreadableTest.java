package dev.seine.app.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.OffsetRange;
import dev.seine.event.Rejection;
import dev.seine.topics.Topics;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UnreadableTest {
    private final Unreadable unreadable = new Unreadable();
    private final Breaks breaks = new Breaks();

    @Test
    void aRecordThatItsGroupHasPassedNeedsARejection() {
        bad("questions", 0, 4);
        bad("questions", 0, 5);
        bad("questions", 1, 0); // the group has committed nothing there
        unreadable.read(Map.of("questions", Map.of(0, 5L)));

        assertThat(unreadable.judge(Set.of(), breaks)).isEqualTo(2);
        assertThat(breaks.examples(Invariant.UNREPORTED)).containsExactly("questions-0@4");
    }

    @Test
    void aLearnerHasPassedWhatLiesBeforeTheLastRecordOfItsSteps() {
        String scored = Topics.SCORED_TRAJECTORIES.name();
        bad(scored, 2, 7);
        bad(scored, 2, 20);
        unreadable.read(new OffsetRange(scored, 2, 10L, 20L));
        unreadable.read(new OffsetRange(scored, 2, 0L, 5L));

        assertThat(unreadable.judge(Set.of(), breaks)).isEqualTo(1);
        assertThat(breaks.examples(Invariant.UNREPORTED)).containsExactly(scored + "-2@7");
    }

    @Test
    void whatARejectionNamesIsNoBreakWhereverItLies() {
        bad("questions", 0, 4);
        unreadable.read(Map.of("questions", Map.of(0, 5L)));

        assertThat(unreadable.judge(Set.of("questions-0@4"), breaks)).isZero();
        assertThat(breaks.count(Invariant.UNREPORTED)).isZero();
    }

    @Test
    void ofATopicThatNobodyIsKnownToReadEveryRecordNeedsARejection() {
        bad("weights", 0, 0);

        assertThat(unreadable.judge(Set.of(), breaks)).isZero();
        assertThat(breaks.count(Invariant.UNREPORTED)).isEqualTo(1);
    }

    private void bad(String topic, int partition, long offset) {
        unreadable.add(Rejection.newBuilder()
                .setTopic(topic)
                .setPartition(partition)
                .setOffset(offset)
                .setRole("audit")
                .setCause("not Avro")
                .setAtMs(0)
                .build());
    }
}
