package dev.seine.topics;

import dev.seine.event.AnswerEvent;
import dev.seine.event.Evaluation;
import dev.seine.event.Feedback;
import dev.seine.event.LearnerStep;
import dev.seine.event.MemorySample;
import dev.seine.event.Promotion;
import dev.seine.event.Question;
import dev.seine.event.Rejection;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalResponse;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.event.WeightsPublished;
import java.util.List;
import java.util.Optional;

/** Every topic there is, in the order events flow. */
public final class Topics {
    /** Partitions of the topics whose work is shared out. */
    private static final int SHARED = 4;
    /** One partition where order over all records matters. */
    private static final int ORDERED = 1;

    /** Questions, keyed by question id. */
    public static final Topic<Question> QUESTIONS = new Topic<>("questions", Question.class, SHARED, Retention.DAYS);

    /** Searches wanted, keyed by question id. */
    public static final Topic<RetrievalRequest> RETRIEVAL_REQUESTS =
            new Topic<>("retrieval-requests", RetrievalRequest.class, SHARED, Retention.DAYS);

    /** Passages found, keyed by question id. */
    public static final Topic<RetrievalResponse> RETRIEVAL_RESPONSES =
            new Topic<>("retrieval-responses", RetrievalResponse.class, SHARED, Retention.DAYS);

    /** Finished rollouts, keyed by group id. */
    public static final Topic<Trajectory> TRAJECTORIES =
            new Topic<>("trajectories", Trajectory.class, SHARED, Retention.LONG);

    /** Rollouts with rewards and advantages, keyed by group id. */
    public static final Topic<ScoredTrajectory> SCORED_TRAJECTORIES =
            new Topic<>("scored-trajectories", ScoredTrajectory.class, SHARED, Retention.LONG);

    /** Rewritten trajectories, keyed by question id. */
    public static final Topic<MemorySample> MEMORY_SAMPLES =
            new Topic<>("memory-samples", MemorySample.class, SHARED, Retention.LONG);

    /** Where the weights are, keyed by policy name. */
    public static final Topic<WeightsPublished> WEIGHTS =
            new Topic<>("weights", WeightsPublished.class, ORDERED, Retention.COMPACTED);

    /** What each learner step consumed, keyed by policy name. */
    public static final Topic<LearnerStep> LEARNER_STEPS =
            new Topic<>("learner-steps", LearnerStep.class, ORDERED, Retention.LONG);

    /** Measured quality, keyed by policy name. */
    public static final Topic<Evaluation> EVALUATIONS =
            new Topic<>("evaluations", Evaluation.class, ORDERED, Retention.LONG);

    /** Which version serves, keyed by policy name: every decision, of which the last holds. */
    public static final Topic<Promotion> PROMOTIONS =
            new Topic<>("promotions", Promotion.class, ORDERED, Retention.LONG);

    /** Steps of live answers, keyed by answer id. */
    public static final Topic<AnswerEvent> ANSWER_EVENTS =
            new Topic<>("answer-events", AnswerEvent.class, SHARED, Retention.DAYS);

    /** What people say of live answers, keyed by answer id: the last word on each; one without a value takes it back. */
    public static final Topic<Feedback> FEEDBACK = new Topic<>("feedback", Feedback.class, SHARED, Retention.COMPACTED);

    /** Questions that feedback has made, keyed by answer id; one without a value is withdrawn. */
    public static final Topic<Question> FEEDBACK_QUESTIONS =
            new Topic<>("feedback-questions", Question.class, SHARED, Retention.COMPACTED);

    /** Records that were refused, keyed by topic, partition and offset. */
    public static final Topic<Rejection> REJECTIONS =
            new Topic<>("rejections", Rejection.class, ORDERED, Retention.LONG);

    /** All of them. */
    public static final List<Topic<?>> ALL = List.of(
            QUESTIONS,
            RETRIEVAL_REQUESTS,
            RETRIEVAL_RESPONSES,
            TRAJECTORIES,
            SCORED_TRAJECTORIES,
            MEMORY_SAMPLES,
            WEIGHTS,
            LEARNER_STEPS,
            EVALUATIONS,
            PROMOTIONS,
            ANSWER_EVENTS,
            FEEDBACK,
            FEEDBACK_QUESTIONS,
            REJECTIONS);

    /**
     * Topics of which those in one list must have equally many partitions: who owns partition p of the questions also
     * reads partition p of the responses; who joins feedback reads partition p of the questions and answers.
     */
    static final List<List<Topic<?>>> CO_PARTITIONED = List.of(
            List.of(QUESTIONS, RETRIEVAL_REQUESTS, RETRIEVAL_RESPONSES), List.of(QUESTIONS, ANSWER_EVENTS, FEEDBACK));

    private Topics() {}

    /** The topic of this name. */
    public static Optional<Topic<?>> of(String name) {
        return ALL.stream().filter(topic -> topic.name().equals(name)).findFirst();
    }
}
