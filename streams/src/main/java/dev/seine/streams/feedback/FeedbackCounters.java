package dev.seine.streams.feedback;

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
    final LongAdder rejected = new LongAdder();
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
