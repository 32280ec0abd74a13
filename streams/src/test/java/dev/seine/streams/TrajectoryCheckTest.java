package dev.seine.streams;

import static dev.seine.streams.Sample.rollout;
import static dev.seine.streams.Sample.segment;
import static dev.seine.streams.Sample.withTokens;
import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrajectoryCheckTest {
    @Test
    void aTrajectoryWithOrWithoutTokensIsFine() {
        assertThat(fault(withTokens(rollout(0, 4, 1, "a")).build())).isEmpty();
        assertThat(fault(rollout(3, 4, 1, "a").build())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aFaultIsNamedWithWhatWasExpected(UnaryOperator<Trajectory.Builder> change, String expected) {
        Trajectory changed = change.apply(withTokens(rollout(0, 4, 0, "a"))).build();
        assertThat(fault(changed)).contains("trajectory '" + changed.getRolloutId() + "': " + expected);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(b -> b.setGroupSize(0), "group size must be 1..4096, got 0"),
                fault(b -> b.setRolloutIndex(4).setRolloutId("q@0#4"), "rollout index must be 0..3, got 4"),
                fault(b -> b.setRolloutId("other"), "rollout id must be 'q@0#0', got 'other'"),
                fault(b -> b.setGroupId("other"), "group id must be 'q@0', got 'other'"),
                fault(b -> b.setDialect("r1-searcher"), "dialect must be 'r1-searcher++', got 'r1-searcher'"),
                fault(b -> b.setQuestionId(" "), "question id must be readable text, got ' '"),
                fault(b -> b.setSearches(-1), "searches must be at least 0, got -1"),
                fault(b -> b.setAtMs(-1), "time must be at least 0, got -1"),
                fault(
                        b -> b.setSampled(List.of(true)),
                        "tokens, sampled and logprobs must be equally long, got 4, 1 and 4"),
                fault(b -> b.setSegments(List.of()), "segments must cover 4 tokens, got 0"),
                fault(
                        b -> b.setSegments(List.of(
                                segment(SegmentKind.PROMPT, 0, 1).build(),
                                segment(SegmentKind.GENERATED, 2, 4).build())),
                        "a segment must start at 1 and end by 4, got 2..4"),
                fault(
                        b -> b.setSegments(
                                List.of(segment(SegmentKind.DOCUMENTS, 0, 4).build())),
                        "tokens of a DOCUMENTS segment must not be sampled, got one in 0..4"),
                fault(
                        b -> b.setLogprobs(List.of(0f, 0f, 0.5f, 0f)),
                        "log-probability of token 2 must be finite and at most 0, got 0.5"),
                fault(
                        b -> b.setLogprobs(List.of(0f, 0f, Float.NaN, 0f)),
                        "log-probability of token 2 must be finite and at most 0, got NaN"),
                fault(
                        b -> b.setLogprobs(List.of(-1f, 0f, 0f, 0f)),
                        "log-probability of token 0 must be 0 where nothing was sampled, got -1.0"));
    }

    @Test
    void theKeyIsTheGroup() {
        assertThat(new TrajectoryCheck("r1-searcher++")
                        .fault("x", rollout(0, 1, 0, "a").build()))
                .contains("trajectory 'q@0#0': key must be 'q@0', got 'x'");
    }

    private static Arguments fault(UnaryOperator<Trajectory.Builder> change, String expected) {
        return Arguments.of(change, expected);
    }

    private static Optional<String> fault(Trajectory trajectory) {
        return new TrajectoryCheck("r1-searcher++").fault("q@0", trajectory);
    }
}
