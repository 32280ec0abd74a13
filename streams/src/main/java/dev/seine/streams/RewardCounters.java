package dev.seine.streams;

import dev.seine.event.GroupClose;
import dev.seine.topics.Metric;
import dev.seine.topics.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the reward topology has done since it started. Work of an aborted transaction is done, and counted, again. Safe
 * for use by many threads.
 */
public final class RewardCounters {
    private final LongAdder accepted = new LongAdder();
    private final LongAdder closedByCount = new LongAdder();
    private final LongAdder closedByDeadline = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final LongAdder duplicate = new LongAdder();
    private final RefusedRecords rejected = new RefusedRecords(Topics.TRAJECTORIES);
    private final LongAdder scored = new LongAdder();
    private final LongAdder memorySamples = new LongAdder();

    /**
     * The counts at one moment.
     *
     * @param accepted trajectories taken into a group
     * @param closedByCount groups that were complete
     * @param closedByDeadline groups that ran out of time
     * @param late trajectories that came after their group had closed without them
     * @param duplicate trajectories that had been there before
     * @param rejected records refused
     * @param scored trajectories written
     * @param memorySamples samples written
     */
    public record Counts(
            long accepted,
            long closedByCount,
            long closedByDeadline,
            long late,
            long duplicate,
            long rejected,
            long scored,
            long memorySamples) {}

    /** The counts now. */
    public Counts counts() {
        return new Counts(
                accepted.sum(),
                closedByCount.sum(),
                closedByDeadline.sum(),
                late.sum(),
                duplicate.sum(),
                rejected.sum(),
                scored.sum(),
                memorySamples.sum());
    }

    /** Shows the counts from now on. */
    void show(MeterRegistry meters) {
        Metric.REWARD_GROUPS.counter(meters, closedByCount::sum, "count");
        Metric.REWARD_GROUPS.counter(meters, closedByDeadline::sum, "deadline");
        Metric.REWARD_TRAJECTORIES.counter(meters, accepted::sum, "accepted");
        Metric.REWARD_TRAJECTORIES.counter(meters, late::sum, "late");
        Metric.REWARD_TRAJECTORIES.counter(meters, duplicate::sum, "duplicate");
        Metric.REWARD_TRAJECTORIES.counter(meters, scored::sum, "scored");
        Metric.REWARD_MEMORY_SAMPLES.counter(meters, memorySamples::sum);
        rejected.show(meters);
    }

    void accepted() {
        accepted.increment();
    }

    void closed(GroupClose by, int trajectories, int samples) {
        (by == GroupClose.COUNT ? closedByCount : closedByDeadline).increment();
        scored.add(trajectories);
        memorySamples.add(samples);
    }

    void late() {
        late.increment();
    }

    void duplicate() {
        duplicate.increment();
    }

    void rejected() {
        rejected.increment();
    }
}
