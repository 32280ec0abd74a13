package dev.seine.learner;

import dev.seine.event.Trajectory;

/**
 * The one staleness rule: a rollout is trained only if its oldest token was sampled at most {@code maxStaleness} versions before the
 * weights it is to change. Publisher and generator keep to the same bound, but this is what guarantees it.
 *
 * @param maxStaleness in versions; 0 is on-policy
 */
record Freshness(long maxStaleness) {
    /** Versions between the rollout's oldest token and {@code version}, the learner's present one. */
    static long staleness(long version, Trajectory trajectory) {
        return version - trajectory.getMinVersion();
    }

    /** Whether the rollout may be trained by a learner at {@code version}. */
    boolean allows(long version, Trajectory trajectory) {
        return staleness(version, trajectory) <= maxStaleness;
    }
}
