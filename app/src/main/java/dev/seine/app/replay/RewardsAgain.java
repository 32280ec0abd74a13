package dev.seine.app.replay;

import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.streams.GroupScoring;
import dev.seine.streams.memory.RuleBasedRewriter;
import dev.seine.streams.reward.RewardSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Scores the groups of a batch again, each with what was known of its question when it closed. */
final class RewardsAgain {
    private static final int MOST = 100_000;

    private final Archive archive;
    private final GroupScoring scoring;

    RewardsAgain(Archive archive, RewardSchedule rewards) {
        this.archive = archive;
        this.scoring = new GroupScoring(rewards, new RuleBasedRewriter());
    }

    /** How many of these rollouts come out in every field as they were scored; groups that are not whole cannot. */
    long equal(List<ScoredTrajectory> batch) {
        Map<String, List<ScoredTrajectory>> groups = batch.stream()
                .collect(Collectors.groupingBy(
                        s -> s.getTrajectory().getGroupId(), LinkedHashMap::new, Collectors.toList()));
        long equal = 0;
        for (List<ScoredTrajectory> group : groups.values()) {
            List<Trajectory> trajectories =
                    group.stream().map(ScoredTrajectory::getTrajectory).toList();
            List<ScoredTrajectory> again =
                    scoring.score(trajectories, fewest(trajectories.get(0))).scored();
            for (int i = 0; i < group.size(); i++) {
                equal += group.get(i).equals(again.get(i)) ? 1 : 0;
            }
        }
        return equal;
    }

    /** Fewest searches of a right, well-formed answer to the question that was scored before in the same partition. */
    private OptionalInt fewest(Trajectory trajectory) {
        Optional<Row> own = archive.row(trajectory.getRolloutId());
        return archive.index().rows(Wanted.question(trajectory.getQuestionId()), Wanted.Order.TIME, 0, MOST).stream()
                .filter(row -> own.isPresent()
                        && row.partition() == own.get().partition()
                        && row.offset() < own.get().offset()
                        && !row.group().equals(trajectory.getGroupId())
                        && row.correct()
                        && row.violations() == 0)
                .mapToInt(Row::searches)
                .min();
    }
}
