package dev.seine.streams;

import dev.seine.streams.TopologyOptions.Store;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How the reward topology runs; nothing here changes what it writes.
 *
 * @param applicationId name of its consumer group and the start of its internal topics' names
 * @param stateDir folder for its state, used by one process only
 * @param store where state is kept
 * @param threads threads, at least 1
 * @param commitInterval time between transactions: what is scored can be read after at most this
 * @param closedTtl how long closed groups are remembered
 */
public record RewardAppConfig(
        String applicationId, Path stateDir, Store store, int threads, Duration commitInterval, Duration closedTtl) {

    /** Checks every value. */
    public RewardAppConfig {
        require(!applicationId.isBlank(), "application-id must have a name", applicationId);
        require(threads >= 1, "threads must be at least 1", threads);
        require(commitInterval.toMillis() >= 1, "commit-interval must be at least 1 ms", commitInterval);
        require(closedTtl.toSeconds() >= 1, "closed-ttl must be at least 1 s", closedTtl);
    }

    /** One thread, state on the heap, transactions of 100 ms, closed groups remembered for an hour. */
    public static RewardAppConfig of(String applicationId, Path stateDir) {
        return new RewardAppConfig(
                applicationId, stateDir, Store.MEMORY, 1, Duration.ofMillis(100), Duration.ofHours(1));
    }

    private static void require(boolean holds, String rule, Object got) {
        if (!holds) {
            throw new IllegalArgumentException("streams." + rule + ", got " + got);
        }
    }
}
