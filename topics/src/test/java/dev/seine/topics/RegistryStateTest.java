package dev.seine.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.schemas.Compatibility;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RegistryStateTest {
    private static final Schema TWO = SchemaBuilder.record("T")
            .fields()
            .requiredString("a")
            .requiredString("b")
            .endRecord();
    private static final Schema ONE =
            SchemaBuilder.record("T").fields().requiredString("a").endRecord();

    // From {a, b} to {a}: the new one reads the old (it skips b); the old one cannot read the new (b has no default).
    @ParameterizedTest
    @CsvSource({
        "NONE, true",
        "BACKWARD, true",
        "BACKWARD_TRANSITIVE, true",
        "FORWARD, false",
        "FORWARD_TRANSITIVE, false",
        "FULL, false",
        "FULL_TRANSITIVE, false"
    })
    void droppingAFieldIsReadableByTheNewOnly(Compatibility level, boolean fits) {
        RegistryState state = new RegistryState();
        state.apply(Optional.of("s"), level);
        state.apply(state.next("s", TWO));
        assertThat(state.faults("s", ONE, Optional.empty()).isEmpty()).isEqualTo(fits);
    }

    // From {a} to {a, b}: the other way round.
    @ParameterizedTest
    @CsvSource({
        "NONE, true",
        "BACKWARD, false",
        "BACKWARD_TRANSITIVE, false",
        "FORWARD, true",
        "FORWARD_TRANSITIVE, true",
        "FULL, false",
        "FULL_TRANSITIVE, false"
    })
    void addingAFieldIsReadableByTheOldOnly(Compatibility level, boolean fits) {
        RegistryState state = new RegistryState();
        state.apply(Optional.of("s"), level);
        state.apply(state.next("s", ONE));
        assertThat(state.faults("s", TWO, Optional.empty()).isEmpty()).isEqualTo(fits);
    }

    @Test
    void onlyTransitiveLevelsLookBeyondTheLatest() {
        // {a} then {a, b = ""} then {a, b}: the third reads the second but not the first.
        Schema middle = SchemaBuilder.record("T")
                .fields()
                .requiredString("a")
                .name("b")
                .type()
                .stringType()
                .stringDefault("")
                .endRecord();
        RegistryState state = new RegistryState();
        state.apply(state.next("s", ONE));
        state.apply(state.next("s", middle));
        assertThat(state.faults("s", TWO, Optional.empty())).isEmpty();
        state.apply(Optional.of("s"), Compatibility.BACKWARD_TRANSITIVE);
        assertThat(state.faults("s", TWO, Optional.empty())).hasSize(1);
        assertThatThrownBy(() -> state.next("s", TWO)).hasMessageContaining("cannot read version 1");
    }

    @Test
    void theGlobalLevelHoldsWhereASubjectHasNone() {
        RegistryState state = new RegistryState();
        assertThat(state.global()).isEqualTo(Compatibility.BACKWARD);
        state.apply(Optional.empty(), Compatibility.FORWARD);
        state.apply(state.next("s", ONE));
        assertThat(state.faults("s", TWO, Optional.empty())).isEmpty();
        assertThat(state.ownLevel("s")).isEmpty();
    }

    @Test
    void versionsCountBySubjectAndIdsBySchema() {
        RegistryState state = new RegistryState();
        state.apply(state.next("s", TWO));
        state.apply(state.next("s", ONE));
        state.apply(state.next("t", ONE));
        assertThat(List.of(
                        state.version("s", 1).id(),
                        state.version("s", 2).id(),
                        state.version("t", 1).id()))
                .containsExactly(1, 2, 2);
    }

    @Test
    void anIdOutlivesItsSubject() {
        RegistryState state = new RegistryState();
        state.applyId(new SchemaVersion("s", 1, 7, ONE));
        assertThat(state.byId(7)).isEqualTo(ONE);
        assertThat(state.subjects()).isEmpty();
        assertThat(state.next("s", TWO).id()).isEqualTo(8);
    }
}
