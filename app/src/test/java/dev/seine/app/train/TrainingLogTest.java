package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.app.report.GroupStudy;
import dev.seine.event.ScoredTrajectory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TrainingLogTest {
    /** Rollouts written {@code 2+}, {@code 0-}: searches, then right or wrong. */
    private static List<ScoredTrajectory> group(String id, long seq, String... rollouts) {
        List<ScoredTrajectory> group = new ArrayList<>();
        for (String rollout : rollouts) {
            String text = rollout.endsWith("+") ? "\\boxed{ yes }" : "\\boxed{ no }";
            int searches = Integer.parseInt(rollout.substring(0, 1));
            group.add(FakeSampler.rollout(id, seq, group.size(), rollouts.length, searches, text));
        }
        return group;
    }

    @Test
    void aWrongAnswerWithoutSearchBesideARightOneWithSearchIsCounted() {
        // Fewest is 0: two rollouts, none right. The other two searched, one of them is right.
        assertThat(TrainingLog.study(group("g", 0, "0-", "0-", "2+", "1-")))
                .isEqualTo(new GroupStudy(1, 1, 1, 1, 2, 0, 2, 1));
    }

    @Test
    void aWrongAnswerThatSearchedAsOftenAsARightOneIsNoShortcut() {
        assertThat(TrainingLog.study(group("g", 0, "1-", "1+"))).isEqualTo(new GroupStudy(1, 1, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void aGroupOfRightAnswersIsNotMixed() {
        assertThat(TrainingLog.study(group("g", 0, "0+", "1+", "3+")))
                .isEqualTo(new GroupStudy(1, 0, 0, 0, 1, 1, 2, 2));
    }

    @Test
    void groupsCountWhenTheyAreWholeAndByThirdsOfTheTraining() {
        TrainingLog log = new TrainingLog(9);
        List<ScoredTrajectory> early = group("a", 2, "0-", "1+");
        List<ScoredTrajectory> late = group("b", 3, "1+", "1+");
        List<ScoredTrajectory> asked = group("c", -1, "1+");
        log.take(early.get(0));
        log.take(late.get(0));
        log.take(asked.get(0));
        assertThat(log.thirds()).containsOnly(GroupStudy.NONE);
        log.take(late.get(1));
        log.take(early.get(1));
        // 9 questions: numbers 0 to 2 are the first third, 3 to 5 the second.
        assertThat(log.thirds()).extracting(GroupStudy::groups).containsExactly(1L, 1L, 0L);
        assertThat(log.thirds().get(0).wrongUnsearched()).isEqualTo(1);
    }
}
