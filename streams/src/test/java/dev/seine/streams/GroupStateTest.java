package dev.seine.streams;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class GroupStateTest {
    @Test
    void aStateIsReadAsItWasWritten() {
        Serde<GroupState> serde = GroupState.serde();
        for (GroupState state : new GroupState[] {
            GroupState.first(16, 5),
            GroupState.first(200, 5).with(0).with(63).with(64).with(199)
        }) {
            byte[] bytes = serde.serializer().serialize("t", state);
            assertThat(serde.deserializer().deserialize("t", bytes)).isEqualTo(state);
        }
    }

    @Test
    void aGroupIsCompleteWithAllItsIndices() {
        GroupState group = GroupState.first(2, 0).with(1);
        assertThat(group.complete()).isFalse();
        assertThat(group.with(1).complete()).isFalse();
        assertThat(group.with(0).complete()).isTrue();
    }

    @Test
    void timeRunsFromTheFirstTrajectory() {
        assertThat(GroupState.first(2, 100).with(1).olderThan(30, 129)).isFalse();
        assertThat(GroupState.first(2, 100).with(1).olderThan(30, 130)).isTrue();
    }
}
