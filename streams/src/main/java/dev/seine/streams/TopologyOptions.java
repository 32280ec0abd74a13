package dev.seine.streams;

import dev.seine.streams.memory.Rewriter;
import dev.seine.streams.memory.RuleBasedRewriter;
import java.time.Duration;

/**
 * What the reward topology needs besides the rewards; none of it changes what it writes.
 *
 * @param store where state is kept
 * @param closedTtl how long a closed group is remembered, so that late trajectories are told from new groups
 * @param serdes serdes of the topics
 * @param rewriter makes memory samples
 * @param counters counts what happens
 */
public record TopologyOptions(
        Store store, Duration closedTtl, TopicSerdes serdes, Rewriter rewriter, RewardCounters counters) {

    /** Where state is kept; the changelog topics hold it either way. */
    public enum Store {
        /** On the heap: fast, restored from the log at every start. */
        MEMORY,
        /** On disk. */
        ROCKSDB
    }

    /** Checks the duration. */
    public TopologyOptions {
        if (closedTtl.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("reward.closed-ttl must be at least 1 s, got " + closedTtl);
        }
    }

    /** State on the heap, closed groups remembered for an hour, the rule-based rewriter, new counters. */
    public static TopologyOptions of(TopicSerdes serdes) {
        return new TopologyOptions(
                Store.MEMORY, Duration.ofHours(1), serdes, new RuleBasedRewriter(), new RewardCounters());
    }
}
