package dev.seine.app.audit;

import static dev.seine.app.LogSample.event;
import static dev.seine.app.LogSample.question;
import static dev.seine.app.LogSample.request;
import static dev.seine.app.LogSample.scored;
import static dev.seine.app.LogSample.step;
import static dev.seine.app.LogSample.trajectory;
import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.ScoredTrajectory;
import dev.seine.event.StepPhase;
import dev.seine.event.Trajectory;
import dev.seine.event.WeightsPublished;
import dev.seine.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Books over hand-made logs: groups of two rollouts, grace of 100 ms, one group a step. */
class AuditBooksTest {
    private static final long GRACE = 100;

    private final Breaks breaks = new Breaks();
    private final RolloutBooks rollouts = new RolloutBooks(breaks);
    private final StepBooks steps = new StepBooks(breaks);

    @Test
    void aWholeLogHoldsAndAddsUp() {
        whole(0, 10);
        whole(1, 20);
        plan(1, 0, 30);
        applied(1, 0, 30);
        plan(2, 1, 40);
        applied(2, 1, 40);
        Verdicts verdicts = verdicts();

        assertThat(broken()).isEmpty();
        assertThat(verdicts.produced()).isEqualTo(4);
        assertThat(steps.trained()).isEqualTo(4);
        assertThat(verdicts.inFlight()).isZero();
    }

    @Test
    void aTrajectoryWrittenAgainWithOtherTokensIsASegmentGeneratedAgain() {
        write(trajectory(0, 0, 2, 5), 1);
        write(trajectory(0, 0, 2, 5), 2); // delivered again
        write(trajectory(0, 0, 2, 6), 3);
        verdicts();

        assertThat(rollouts.repeated()).isEqualTo(1);
        assertThat(breaks.count(Invariant.GENERATED_AGAIN)).isEqualTo(1);
    }

    @Test
    void aTurnAskedWithAnotherQueryIsASegmentGeneratedAgain() {
        rollouts.request(event(Topics.RETRIEVAL_REQUESTS, "q0", request(0, 0, 0, "capital"), 1));
        rollouts.request(event(Topics.RETRIEVAL_REQUESTS, "q0", request(0, 0, 0, "capital"), 2));
        rollouts.request(event(Topics.RETRIEVAL_REQUESTS, "q0", request(0, 0, 0, "currency"), 3));

        assertThat(rollouts.repeatedRequests()).isEqualTo(1);
        assertThat(breaks.count(Invariant.GENERATED_AGAIN)).isEqualTo(1);
    }

    @Test
    void aTrajectoryWhoseQueryIsNotWhatWasAskedWasGeneratedAgain() {
        rollouts.request(event(Topics.RETRIEVAL_REQUESTS, "q0", request(0, 0, 0, "currency"), 1));
        write(trajectory(0, 0, 2, 5), 2); // its documents answer "capital"

        assertThat(breaks.count(Invariant.GENERATED_AGAIN)).isEqualTo(1);
    }

    @Test
    void aStepPlannedAgainWithTheSameBatchIsTheSameStep() {
        whole(0, 10);
        plan(1, 0, 20);
        plan(1, 0, 30);
        applied(1, 0, 40);
        verdicts();

        assertThat(broken()).isEmpty();
        assertThat(steps.plannedAgain()).isEqualTo(1);
    }

    @Test
    void aRolloutInTwoStepsIsTrainedTwice() {
        whole(0, 10);
        plan(1, 0, 20);
        applied(1, 0, 20);
        plan(2, 0, 30);
        applied(2, 0, 30);
        verdicts();

        assertThat(breaks.count(Invariant.TRAINED_TWICE)).isEqualTo(2); // both of the group
    }

    @Test
    void missingStepsAreGaps() {
        whole(0, 10);
        whole(1, 10);
        plan(1, 0, 20);
        applied(1, 0, 20);
        plan(4, 1, 30);
        applied(4, 1, 30);
        verdicts();

        assertThat(breaks.count(Invariant.STEP_GAPS)).isEqualTo(2); // 2 and 3
    }

    @Test
    void aStepAppliedWithTwoBatchesIsAFork() {
        whole(0, 10);
        whole(1, 10);
        plan(1, 0, 20);
        applied(1, 0, 20);
        plan(1, 1, 30);

        assertThat(breaks.count(Invariant.STEP_GAPS)).isEqualTo(1);
    }

    @Test
    void aGroupWithoutScoresIsInFlightAndAfterTheGraceNeverClosed() {
        write(trajectory(0, 0, 2, 5), 1000 - GRACE - 1);
        write(trajectory(1, 0, 2, 5), 1000);
        Verdicts verdicts = verdicts();

        assertThat(breaks.count(Invariant.NEVER_CLOSED)).isEqualTo(1);
        assertThat(breaks.examples(Invariant.NEVER_CLOSED)).first().asString().startsWith("q0@0 has 1 of 2");
        assertThat(breaks.count(Invariant.LOST)).isEqualTo(1); // q0@0#1 can no longer come
        assertThat(verdicts.inFlight()).isEqualTo(2);
        assertThat(verdicts.notWritten()).isEqualTo(1); // q1@0#1
    }

    @Test
    void aQuestionThatTrainingHasPassedIsLost() {
        rollouts.question(event(Topics.QUESTIONS, "q0", question(0, 2), 1));
        whole(1, 500);
        plan(1, 1, 600);
        Verdicts verdicts = verdicts();

        assertThat(breaks.count(Invariant.LOST)).isEqualTo(2);
        assertThat(verdicts.notWritten()).isZero();
    }

    @Test
    void aScoreThatNoStepTookIsLostOnceTrainingHasPassedIt() {
        whole(0, 10);
        whole(1, 500);
        plan(1, 1, 600);
        Verdicts verdicts = verdicts();

        assertThat(breaks.count(Invariant.LOST)).isEqualTo(2);
        assertThat(verdicts.inFlight()).isZero();
    }

    @Test
    void aTrajectoryAfterItsGroupHasClosedIsLate() {
        Trajectory first = trajectory(0, 0, 2, 5);
        write(first, 10);
        write(trajectory(0, 1, 2, 6), 20);
        score(scored(first, 1), 15);
        Verdicts verdicts = verdicts();

        assertThat(verdicts.late()).isEqualTo(1);
        assertThat(breaks.count(Invariant.LOST)).isZero();
    }

    @Test
    void aScoreWithOtherTokensThanItsTrajectoryIsWrong() {
        write(trajectory(0, 0, 2, 5), 10);
        score(scored(trajectory(0, 0, 2, 6), 1), 15);
        score(scored(trajectory(0, 1, 2, 6), 1), 15);

        assertThat(breaks.count(Invariant.SCORED_WRONG)).isEqualTo(2); // changed, and without a trajectory
    }

    @Test
    void lengthsThatDisagreeAreMismatches() {
        Trajectory bad = Trajectory.newBuilder(trajectory(0, 0, 2, 5))
                .setLogprobs(List.of(0f, -1f))
                .build();
        write(bad, 10);
        score(scored(bad, 1), 15);

        assertThat(breaks.count(Invariant.MISMATCHED)).isEqualTo(1);
    }

    @Test
    void aVersionAnnouncedWithTwoChecksumsBreaksTheLineage() {
        whole(0, 10);
        plan(1, 0, 20);
        applied(1, 0, 20);
        weights(1, "aa");
        weights(1, "aa");
        weights(1, "bb");
        weights(2, "cc"); // of no step
        verdicts();

        assertThat(steps.announcedAgain()).isEqualTo(1);
        assertThat(breaks.count(Invariant.WEIGHTS)).isEqualTo(2);
    }

    private void whole(long seq, long atMs) {
        rollouts.question(event(Topics.QUESTIONS, "q" + seq, question(seq, 2), atMs));
        for (int index = 0; index < 2; index++) {
            Trajectory trajectory = trajectory(seq, index, 2, 5 + index);
            write(trajectory, atMs);
            score(scored(trajectory, index), atMs);
        }
    }

    private void write(Trajectory trajectory, long atMs) {
        rollouts.trajectory(event(Topics.TRAJECTORIES, trajectory.getGroupId(), trajectory, atMs), false);
    }

    private void score(ScoredTrajectory scored, long atMs) {
        rollouts.scored(event(Topics.SCORED_TRAJECTORIES, scored.getTrajectory().getGroupId(), scored, atMs));
    }

    private void plan(long step, long seq, long atMs) {
        steps.step(event(Topics.LEARNER_STEPS, "policy", step(step, StepPhase.PLANNED, group(seq)), atMs));
    }

    private void applied(long step, long seq, long atMs) {
        steps.step(event(Topics.LEARNER_STEPS, "policy", step(step, StepPhase.APPLIED, group(seq)), atMs));
    }

    private void weights(long version, String sha256) {
        steps.weights(event(
                Topics.WEIGHTS,
                "policy",
                WeightsPublished.newBuilder()
                        .setPolicy("policy")
                        .setVersion(version)
                        .setStep(version)
                        .setStage("rl")
                        .setUri("file:///nowhere/v" + version)
                        .setBytes(0)
                        .setSha256(sha256)
                        .setConfigSha256("")
                        .setTokenizerSha256("")
                        .setAtMs(0)
                        .build(),
                0));
    }

    private Verdicts verdicts() {
        steps.close(rollouts);
        return new Verdicts(rollouts, steps.lastPlanMs(), GRACE, breaks);
    }

    private List<Invariant> broken() {
        List<Invariant> broken = new ArrayList<>();
        for (Invariant invariant : Invariant.values()) {
            if (breaks.count(invariant) > 0) {
                broken.add(invariant);
            }
        }
        return broken;
    }

    private static List<String> group(long seq) {
        return List.of("q" + seq + "@0#0", "q" + seq + "@0#1");
    }
}
