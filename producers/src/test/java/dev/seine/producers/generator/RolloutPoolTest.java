package dev.seine.producers.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.FinishReason;
import dev.seine.event.RetrievalStatus;
import dev.seine.producers.generator.Rollout.AwaitingPassages;
import dev.seine.producers.generator.Rollout.Finished;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RolloutPoolTest {
    private static final GeneratorConfig CONFIG = GeneratorConfig.defaults(2, 100);

    private final Words words = new Words();
    private final List<AwaitingPassages> searches = new ArrayList<>();
    private final List<Finished> finished = new ArrayList<>();
    private Instant now = Instant.ofEpochMilli(1_000);

    private RolloutPool pool(ScriptedEngine engine) {
        Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
        return new RolloutPool(
                engine, new Transitions(CONFIG, words), CONFIG.maxFailures(), clock, searches::add, finished::add);
    }

    private void add(RolloutPool pool, String id, long seq, int groupSize) {
        pool.add(new Planner(CONFIG, words, 1).plan(Scripts.question(id, seq, groupSize, 0), new Origin(0, seq)));
    }

    private static void run(RolloutPool pool, int ticks) {
        for (int i = 0; i < ticks; i++) {
            pool.tick();
        }
    }

    @Test
    void whatTheLearnerNeedsFirstStartsFirst() {
        ScriptedEngine engine = new ScriptedEngine(2, words, Scripts.SEARCH_ONCE);
        RolloutPool pool = pool(engine);
        add(pool, "later", 5, 1);
        add(pool, "live", -1, 1);
        add(pool, "sooner", 4, 1);
        pool.tick();
        assertThat(engine.started).containsExactly("live@0#0", "sooner@0#0");
        assertThat(pool.queued()).isEqualTo(1);
    }

    @Test
    void aRolloutThatWaitsKeepsItsSlotAndTheOthersGoOn() {
        ScriptedEngine engine = new ScriptedEngine(
                2, words, (id, soFar, s) -> id.startsWith("a") ? "<external> q </external>" : "b ".repeat(5) + "<eos>");
        RolloutPool pool = pool(engine);
        add(pool, "a", 0, 1);
        add(pool, "b", 1, 2);
        run(pool, 12);
        assertThat(pool.waiting()).isEqualTo(1);
        assertThat(finished).extracting(f -> f.plan().rolloutId()).containsExactly("b@0#0", "b@0#1");
    }

    @Test
    void onlyTheAnswerToTheVerySearchIsTaken() {
        RolloutPool pool = pool(new ScriptedEngine(2, words, Scripts.SEARCH_ONCE));
        add(pool, "q", 0, 1);
        run(pool, 7);
        assertThat(searches).extracting(w -> w.search().requestId()).containsExactly("q@0#0/0");
        // The same turn in an earlier life of the rollout may have asked something else.
        assertThat(pool.found("q@0#0", found("q@0#0/0", "capital of Y"))).isFalse();
        assertThat(pool.found("q@0#0", found("q@0#0/1", "capital of X"))).isFalse();
        assertThat(pool.found("other", found("q@0#0/0", "capital of X"))).isFalse();
        assertThat(pool.found("q@0#0", found("q@0#0/0", "capital of X"))).isTrue();
        assertThat(pool.found("q@0#0", found("q@0#0/0", "capital of X"))).isFalse();
        run(pool, 4);
        assertThat(finished).extracting(Finished::finish).containsExactly(FinishReason.EOS);
        assertThat(pool.tick()).isZero();
    }

    @Test
    void aRolloutThatGetsTooOldEndsAsTimeoutAndFreesItsSlot() {
        ScriptedEngine engine = new ScriptedEngine(1, words, (id, soFar, s) -> "x ".repeat(90) + "<eos>");
        RolloutPool pool = pool(engine);
        add(pool, "q", 0, 1);
        run(pool, 3);
        now = now.plus(CONFIG.rolloutTimeout());
        run(pool, 1);
        assertThat(finished).isEmpty();
        now = now.plus(Duration.ofMillis(1));
        run(pool, 1);
        assertThat(finished).extracting(Finished::finish).containsExactly(FinishReason.TIMEOUT);
        assertThat(engine.free()).isEqualTo(1);
    }

    @Test
    void timesAreSpentWhereTheyWereSpent() {
        RolloutPool pool = pool(new ScriptedEngine(2, words, Scripts.SEARCH_ONCE));
        add(pool, "q", 0, 1);
        run(pool, 6);
        now = now.plusMillis(10);
        run(pool, 1); // the close tag: 10 ms of writing
        now = now.plusMillis(300);
        pool.found("q@0#0", found("q@0#0/0", "capital of X")); // 300 ms of waiting
        run(pool, 4);
        var trajectory = new TrajectoryWriter("p", CONFIG, words).write(finished.get(0));
        assertThat(trajectory.getGenerateMs()).isEqualTo(10);
        assertThat(trajectory.getRetrieveMs()).isEqualTo(300);
        assertThat(trajectory.getStartedAtMs()).isEqualTo(1_000);
        assertThat(trajectory.getAtMs()).isEqualTo(1_310);
    }

    @Test
    void everyRolloutKnowsTheWeightsThatWroteIt() {
        ScriptedEngine engine = new ScriptedEngine(2, words, Scripts.SEARCH_ONCE);
        engine.load(null, "good", 3);
        RolloutPool pool = pool(engine);
        add(pool, "q", 0, 1);
        run(pool, 7);
        engine.load(null, "good", 5);
        pool.found("q@0#0", found("q@0#0/0", "capital of X"));
        run(pool, 4);
        var trajectory = new TrajectoryWriter("p", CONFIG, words).write(finished.get(0));
        assertThat(trajectory.getMinVersion()).isEqualTo(3);
        assertThat(trajectory.getMaxVersion()).isEqualTo(5);
        assertThat(trajectory.getSegments())
                .extracting(segment -> segment.getPolicyVersion())
                .containsExactly(-1L, 3L, -1L, 5L);
    }

    @Test
    void aRolloutWhoseEngineFailsGoesOnFromItsLastTurn() {
        ScriptedEngine engine = new ScriptedEngine(2, words, Scripts.SEARCH_ONCE);
        RolloutPool pool = pool(engine);
        add(pool, "q", 0, 1);
        run(pool, 7);
        pool.found("q@0#0", found("q@0#0/0", "capital of X"));
        engine.failing = CONFIG.maxFailures() - 1;
        run(pool, 20);
        assertThat(searches).hasSize(1);
        assertThat(engine.cancelled).containsExactly("q@0#0", "q@0#0");
        assertThat(finished).extracting(Finished::finish).containsExactly(FinishReason.EOS);
        assertThat(finished.get(0).transcript().searches()).isEqualTo(1);
    }

    @Test
    void aRolloutWhoseEngineFailsTooOftenEndsWithItsReason() {
        ScriptedEngine engine = new ScriptedEngine(2, words, Scripts.SEARCH_ONCE);
        RolloutPool pool = pool(engine);
        add(pool, "q", 0, 1);
        engine.failing = CONFIG.maxFailures();
        run(pool, 20);
        assertThat(finished).hasSize(1);
        assertThat(finished.get(0).finish()).isEqualTo(FinishReason.ERROR);
        assertThat(finished.get(0).error())
                .isEqualTo("failed 3 times: java.lang.IllegalStateException: no memory left");
        assertThat(engine.free()).isEqualTo(2);
    }

    @Test
    void theLastTryIsAloneSoThatNoRolloutEndsForTheFaultOfAnother() {
        ScriptedEngine engine = new ScriptedEngine(
                4, words, (id, soFar, s) -> id.startsWith("poison") ? "oh " + ScriptedEngine.POISON : "a b c <eos>");
        engine.contained = true;
        RolloutPool pool = pool(engine);
        add(pool, "poison", 0, 1);
        add(pool, "good", 1, 2);
        run(pool, 30);
        assertThat(finished)
                .extracting(f -> f.plan().rolloutId() + " " + f.finish())
                .containsExactlyInAnyOrder("poison@0#0 ERROR", "good@0#0 EOS", "good@0#1 EOS");
        // in the second tick of each try: both good ones are hit twice, and the third time the poison is alone
        assertThat(finished.get(0).error()).startsWith("failed 3 times: java.lang.IllegalStateException: poison@0#0");
    }

    @Test
    void aTimeoutOfAnEarlierDeadlineIsNoAnswerToTheSearchAskedAgain() {
        Rollout.Search again = new Rollout.Search("q@0#0/0", 0, "capital of X", 500);
        Found early = new Found("q@0#0/0", "capital of X", RetrievalStatus.TIMEOUT, "", List.of(), 400);
        Found late = new Found("q@0#0/0", "capital of X", RetrievalStatus.TIMEOUT, "", List.of(), 501);
        assertThat(early.answers(again)).isFalse();
        assertThat(late.answers(again)).isTrue();
    }

    @Test
    void droppedRolloutsLeaveNothingBehind() {
        ScriptedEngine engine = new ScriptedEngine(2, words, Scripts.SEARCH_ONCE);
        RolloutPool pool = pool(engine);
        add(pool, "q", 0, 3);
        run(pool, 7);
        pool.drop(plan -> true);
        run(pool, 20);
        assertThat(finished).isEmpty();
        assertThat(engine.free()).isEqualTo(2);
        assertThat(engine.cancelled).hasSize(2);
    }

    private static Found found(String requestId, String query) {
        return new Found(requestId, query, RetrievalStatus.OK, "", List.of(), 0);
    }
}
