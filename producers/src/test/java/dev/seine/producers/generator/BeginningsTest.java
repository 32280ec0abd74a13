package dev.seine.producers.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.Question;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BeginningsTest {
    private static final int PARTITION = 2;

    private final Beginnings beginnings = new Beginnings(3);

    private static Plan plan(long offset, int index) {
        Question question = Scripts.question("q" + offset, 0, 2, 0);
        return new Plan(new Origin(PARTITION, offset), question, index, "", new int[] {0}, 0, List.of(), false);
    }

    @Test
    void onlyBeginningsOfRolloutsThatWereTakenOverAreNoted() {
        beginnings.takenOver(plan(10, 1));
        beginnings.begin(plan(10, 0), 0);
        assertThat(beginnings.unwritten()).isFalse();
        beginnings.begin(plan(10, 1), 4);
        assertThat(beginnings.unwritten()).isTrue();
        assertThat(beginnings.note(PARTITION, 10)).isEqualTo("10#1/4*1");
        assertThat(beginnings.unwritten()).isFalse();
        beginnings.ended(plan(10, 1));
        beginnings.begin(plan(10, 1), 5);
        assertThat(beginnings.note(PARTITION, 10)).isEmpty();
    }

    @Test
    void theNextOwnerCountsOn() {
        beginnings.recall(PARTITION, "10#0/1*2 11#1/0*1");
        beginnings.begin(plan(10, 0), 1);
        beginnings.begin(plan(11, 1), 2); // another turn than was noted
        assertThat(beginnings.times(plan(10, 0), 1)).isEqualTo(3);
        assertThat(beginnings.note(PARTITION, 10)).isEqualTo("10#0/1*3 11#1/2*1");
        assertThat(beginnings.note(PARTITION, 11)).isEqualTo("11#1/2*1");
    }

    @Test
    void whatIsGivenBackIsAsItWas() {
        beginnings.recall(PARTITION, "10#0/0*1");
        beginnings.begin(plan(10, 0), 0);
        beginnings.giveBack(Set.of(PARTITION + 1));
        assertThat(beginnings.note(PARTITION, 0)).isEqualTo("10#0/0*2");
        beginnings.giveBack(Set.of(PARTITION));
        assertThat(beginnings.note(PARTITION, 0)).isEqualTo("10#0/0*1");
    }

    @Test
    void theLastTimeIsAlone() {
        beginnings.recall(PARTITION, "10#0/0*2 10#1/0*1");
        beginnings.begin(plan(10, 1), 0);
        assertThat(beginnings.mayBegin(plan(10, 0), 0)).isFalse();
        assertThat(beginnings.mayBegin(plan(11, 0), 0)).isTrue();
        beginnings.ended(plan(10, 1));
        assertThat(beginnings.mayBegin(plan(10, 0), 0)).isTrue();
        beginnings.begin(plan(10, 0), 0);
        assertThat(beginnings.mayBegin(plan(11, 0), 0)).isFalse();
        beginnings.ended(plan(10, 0));
        assertThat(beginnings.mayBegin(plan(11, 0), 0)).isTrue();
    }

    @Test
    void aNoteFitsWhatBrokersTakeAndNamesTheWorst() {
        long far = 999_999_999_999_000L;
        for (int i = 0; i < 500; i++) {
            beginnings.takenOver(plan(far + i, 4095));
            beginnings.begin(plan(far + i, 4095), 1000);
        }
        beginnings.begin(plan(far + 499, 4095), 1000);
        // 128 * 31 - 1 = 3967
        assertThat(beginnings.note(PARTITION, 0))
                .hasSizeLessThan(3968)
                .startsWith("999999999999499#4095/1000*2 999999999999000#4095/1000*1 ");
    }

    @Test
    void aNoteOfSomebodyElseSaysNothing() {
        beginnings.recall(PARTITION, "reset by hand 10#0/1*1");
        assertThat(beginnings.note(PARTITION, 0)).isEqualTo("10#0/1*1");
    }
}
