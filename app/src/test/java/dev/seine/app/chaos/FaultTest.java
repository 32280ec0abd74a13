package dev.seine.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultTest {
    private static List<Fault> plan(long seed) {
        return Fault.plan(
                seed,
                List.of("generator-1", "generator-2", "generator-3"),
                List.of("retrieval-1", "retrieval-2"),
                List.of("rewards-1", "rewards-2"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aSeedGivesOnePlanInWhichEveryRoleIsKilledAndTheBrokerThreeTimes(long seed) {
        List<Fault> plan = plan(seed);
        assertThat(plan).isEqualTo(plan(seed)).isNotEqualTo(plan(seed + 1));
        Map<String, Long> kills = plan.stream()
                .filter(Fault::kills)
                .map(fault -> fault.member().replaceAll("-\\d", ""))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        // 3 + 8 + 3 + 4 + (2 + 1 with a damaged checkpoint) + 1 = 22
        assertThat(kills)
                .isEqualTo(Map.of(
                        "broker", 3L, "generator", 8L, "retrieval", 3L, "rewards", 4L, "learner", 3L, "publisher", 1L));
        assertThat(plan).filteredOn(fault -> fault.kind() == Fault.Kind.PAUSE).hasSize(4);
        assertThat(plan)
                .filteredOn(fault -> fault.kind() == Fault.Kind.SEARCH_AWAY)
                .hasSize(1);
    }
}
