package dev.seine.streams.feedback;

import dev.seine.streams.RefusedRecords;
import dev.seine.topics.Metric;
import dev.seine.topics.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/**
 * What was done with feedback since the start. Work of an aborted transaction is done, and counted, again. Safe for use by
 * many threads.
 */
public final class FeedbackCounters {
    final LongAdder received = new LongAdder();
    final LongAdder joined = new LongAdder();
    final LongAdder repeated = new LongAdder();
    final LongAdder superseded = new LongAdder();
    final RefusedRecords rejected = new RefusedRecords(Topics.FEEDBACK);
    final LongAdder deleted = new LongAdder();
    final LongAdder made = new LongAdder();
    final LongAdder withdrawn = new LongAdder();

    /**
     * The counts at one moment: received = joined + repeated + superseded + rejected + those that still wait for the end of
     * their answer.
     *
     * @param received feedback read, of whatever kind
     * @param joined with what was answered
     * @param repeated said before in the same words
     * @param superseded by another word on the same answer, or deleted, before the answer had ended
     * @param rejected late, too long, of no known answer, unreadable; records of answers that cannot be read are not among these
     * @param deleted deletions
     * @param made questions written
     * @param withdrawn questions that no longer hold
     */
    public record Counts(
            long received,
            long joined,
            long repeated,
            long superseded,
            long rejected,
            long deleted,
            long made,
            long withdrawn) {}

    /** Shows the counts from now on. */
    void show(MeterRegistry meters) {
        Metric.FEEDBACK_RECEIVED.counter(meters, received::sum);
        Metric.FEEDBACK_OUTCOMES.counter(meters, joined::sum, "joined");
        Metric.FEEDBACK_OUTCOMES.counter(meters, repeated::sum, "repeated");
        Metric.FEEDBACK_OUTCOMES.counter(meters, superseded::sum, "superseded");
        Metric.FEEDBACK_OUTCOMES.counter(meters, rejected::sum, "rejected");
        Metric.FEEDBACK_OUTCOMES.counter(meters, deleted::sum, "deleted");
        Metric.FEEDBACK_QUESTIONS.counter(meters, made::sum, "made");
        Metric.FEEDBACK_QUESTIONS.counter(meters, withdrawn::sum, "withdrawn");
        rejected.show(meters);
    }

    /** The counts now. */
    public Counts counts() {
        return new Counts(
                received.sum(),
                joined.sum(),
                repeated.sum(),
                superseded.sum(),
                rejected.sum(),
                deleted.sum(),
                made.sum(),
                withdrawn.sum());
    }
}
