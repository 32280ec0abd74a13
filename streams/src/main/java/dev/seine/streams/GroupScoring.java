package dev.seine.streams;

import dev.seine.event.MemorySample;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.streams.memory.MemorySamples;
import dev.seine.streams.memory.Rewriter;
import dev.seine.streams.reward.RewardConfig;
import dev.seine.streams.reward.RewardSchedule;
import dev.seine.streams.reward.ScoredGroup;
import dev.seine.streams.reward.Scoring;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a closed group gives, as a pure function: the one rule of the topology and of whoever scores a past run anew. Safe for use by many
 * threads.
 */
public final class GroupScoring {
    private final RewardSchedule schedule;
    private final Scoring first;
    private final Scoring rest;
    private final Rewriter rewriter;

    /**
     * What comes of a group.
     *
     * @param scored its trajectories by rollout index
     * @param samples what it leaves to be memorized
     * @param fewestSearches what is to be remembered of the question; empty leaves its memory as it is
     */
    public record Outcome(List<ScoredTrajectory> scored, List<MemorySample> samples, OptionalInt fewestSearches) {}

    /** Scoring by these rewards; samples are made by {@code rewriter} where the rewards want them. */
    public GroupScoring(RewardSchedule schedule, Rewriter rewriter) {
        this.schedule = schedule;
        this.first = new Scoring(schedule.first());
        this.rest = new Scoring(schedule.rest());
        this.rewriter = rewriter;
    }

    /**
     * Scores a group.
     *
     * @param group its trajectories, at least one
     * @param fewestSearches fewest searches with which its question was ever answered correctly, if it was
     */
    public Outcome score(List<Trajectory> group, OptionalInt fewestSearches) {
        // Live questions and evaluations have no place in training and leave no memory.
        long seq = group.get(0).getSeq();
        boolean training = seq >= 0;
        boolean early = schedule.inFirst(seq);
        RewardConfig config = early ? schedule.first() : schedule.rest();
        ScoredGroup scored = (early ? first : rest).score(group, training ? fewestSearches : OptionalInt.empty());
        List<MemorySample> samples = config.memorize() ? MemorySamples.of(scored.scored(), rewriter) : List.of();
        return new Outcome(scored.scored(), samples, training ? scored.fewestSearches() : OptionalInt.empty());
    }
}
