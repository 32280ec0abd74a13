package dev.seine.streams.reward;

import dev.seine.event.ScoredTrajectory;
import java.util.List;
import java.util.OptionalInt;

/**
 * A closed group with its rewards.
 *
 * @param scored its trajectories by rollout index
 * @param fewestSearches fewest searches with which the question was ever answered correctly, this group included
 */
public record ScoredGroup(List<ScoredTrajectory> scored, OptionalInt fewestSearches) {
    /** Keeps a copy. */
    public ScoredGroup {
        scored = List.copyOf(scored);
    }
}
