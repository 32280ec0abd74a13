package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.ScoredTrajectory;
import dev.seine.topics.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GroupsTest {
    private final Accounting accounting = new Accounting();
    private final Groups groups = new Groups("policy", 2, accounting);

    @Test
    void aStepWaitsForItsOwnQuestionsHoweverManyOthersAreThere() {
        add(0, 1, 2, 3);
        assertThat(groups.next(0, false)).isEmpty();
        add(10, 0);
        assertThat(ids(0)).containsExactly("q0@0", "q1@0");
    }

    @Test
    void aGroupIsNotThereBeforeAllItsMembersAre() {
        add(0, 1);
        List<ScoredTrajectory> members = Rollouts.group(0, 0, Rollouts.TOKENIZER, 1, 0);
        groups.add(Rollouts.event(0, 5, members.get(0)));
        assertThat(groups.next(0, false)).isEmpty();
        groups.add(Rollouts.event(0, 6, members.get(1)));
        assertThat(groups.next(0, false)).isPresent();
    }

    @Test
    void aGroupThatMissedItsStepComesAlongWithTheNext() {
        add(0, 1);
        groups.consume(groups.next(0, true).orElseThrow());
        add(10, 0, 2, 3);
        assertThat(ids(1)).containsExactly("q0@0", "q2@0", "q3@0");
    }

    @Test
    void theImpatientTakeIncompleteGroupsToo() {
        groups.add(Rollouts.event(
                0, 0, Rollouts.group(0, 0, Rollouts.TOKENIZER, 1, 0).get(0)));
        assertThat(groups.next(0, true).orElseThrow()).singleElement().satisfies(g -> assertThat(g.complete())
                .isFalse());
    }

    @Test
    void theRestOfAnIncompleteGroupIsHandedOutOnceAndNothingTwice() {
        List<ScoredTrajectory> members = Rollouts.group(0, 0, Rollouts.TOKENIZER, 1, 0);
        groups.add(Rollouts.event(0, 0, members.get(0)));
        groups.consume(groups.next(0, true).orElseThrow());
        assertThat(groups.add(Rollouts.event(0, 1, members.get(0)))).isFalse();
        assertThat(groups.add(Rollouts.event(0, 2, members.get(1)))).isTrue();
        add(10, 2, 3);
        List<Group> step = groups.next(1, false).orElseThrow();
        assertThat(step.get(0).rolloutIds()).containsExactly("q0@0#1");
        groups.consume(step);
        assertThat(groups.add(Rollouts.event(0, 30, members.get(1)))).isFalse();
        assertThat(accounting.books().duplicates()).isEqualTo(2);
    }

    @Test
    void groupsWithoutAPlaceInTheOrderMakeAStepWhenThereAreEnough() {
        add(0, -1);
        assertThat(groups.next(0, false)).isEmpty();
        List<ScoredTrajectory> other = Rollouts.group(-2, 0, Rollouts.TOKENIZER, 1, 0);
        other.forEach(s -> groups.add(Rollouts.event(0, 7 + other.indexOf(s), s)));
        assertThat(groups.next(0, false)).isPresent();
    }

    @Test
    void aRestartReadsFromTheFirstRolloutNotConsumedAndDropsWhatWasConsumedAfterIt() {
        add(0, 5, 0, 1); // q5 waits at offsets 0 and 1, q0 and q1 follow
        groups.consume(groups.next(0, false).orElseThrow());
        assertThat(groups.offsets()).isEqualTo(Map.of(0, 0L));

        Groups again = new Groups("policy", 2, new Accounting());
        again.restore(groups.offsets(), groups.consumed());
        long offset = 0;
        List<String> taken = new ArrayList<>();
        for (long seq : new long[] {5, 0, 1}) {
            for (ScoredTrajectory s : Rollouts.group(seq, 0, Rollouts.TOKENIZER, 1, 0)) {
                if (again.add(Rollouts.event(0, offset++, s))) {
                    taken.add(s.getTrajectory().getRolloutId());
                }
            }
        }
        assertThat(taken).containsExactly("q5@0#0", "q5@0#1");
    }

    @Test
    void aLoggedBatchIsHeldOnceAllItsRolloutsAreThere() {
        add(0, 0, 1);
        assertThat(groups.holding(Set.of("q0@0#0", "q0@0#1", "q2@0#0"))).isEmpty();
        assertThat(groups.holding(Set.of("q0@0#0", "q0@0#1")).orElseThrow())
                .extracting(Group::id)
                .containsExactly("q0@0");
    }

    /** Deliveries in any order, repeated, some lost: every rollout ends once, and the books balance after each event. */
    @ParameterizedTest
    @MethodSource("seeds")
    void producedIsTrainedPlusSkippedPlusInFlightAtAnyTime(long seed) {
        Random random = new Random(seed);
        Accounting books = new Accounting();
        Groups gathered = new Groups("policy", 3, books);
        Set<String> ended = new HashSet<>();
        Defects defects = new Defects(Rollouts.TOKENIZER, 11, 32);
        long step = 0;
        long offset = 0;
        for (ScoredTrajectory scored : deliveries(random)) {
            Event<ScoredTrajectory> event =
                    Rollouts.event((int) (scored.getTrajectory().getSeq() % 4), offset++, scored);
            gathered.add(event);
            List<Group> batch = gathered.next(step, random.nextInt(40) == 0).orElse(List.of());
            if (!batch.isEmpty()) {
                Selection selection = Selection.of(batch, step, new Freshness(1), defects, true);
                selection.rolloutIds().forEach(id -> assertThat(ended.add(id)).isTrue());
                gathered.consume(batch);
                books.consumed(selection.trained().size(), selection.skipped());
                step++;
            }
            Accounting.Books now = books.books();
            assertThat(now.produced()).isEqualTo(now.trained() + now.skippedInAll() + now.inFlight());
            assertThat(now.inFlight()).isEqualTo(gathered.inFlight());
            assertThat(now.trained() + now.skippedInAll()).isEqualTo(ended.size());
        }
        assertThat(books.books().trained()).isPositive();
        assertThat(books.books().duplicates()).isPositive();
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    private static List<ScoredTrajectory> deliveries(Random random) {
        List<ScoredTrajectory> all = new ArrayList<>();
        for (int seq = 0; seq < 30; seq++) {
            double[] rewards = new double[4];
            for (int i = 0; i < 4; i++) {
                rewards[i] = random.nextInt(2);
            }
            for (ScoredTrajectory s :
                    Rollouts.group(seq, Math.max(0, seq / 3 - random.nextInt(3)), Rollouts.TOKENIZER, rewards)) {
                for (int times = random.nextInt(100) == 0 ? 0 : 1 + random.nextInt(5) / 4; times > 0; times--) {
                    all.add(s);
                }
            }
        }
        for (int i = 0; i + 10 < all.size(); i += 5) {
            Collections.shuffle(all.subList(i, i + 10), random);
        }
        return all;
    }

    private void add(long offset, long... seqs) {
        long at = offset;
        for (long seq : seqs) {
            for (ScoredTrajectory s : Rollouts.group(seq, 0, Rollouts.TOKENIZER, 1, 0)) {
                groups.add(Rollouts.event(0, at++, s));
            }
        }
    }

    private List<String> ids(long step) {
        return groups.next(step, false).orElseThrow().stream().map(Group::id).toList();
    }
}
