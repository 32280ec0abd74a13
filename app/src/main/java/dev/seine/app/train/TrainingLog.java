package dev.seine.app.train;

import dev.seine.app.report.GroupStudy;
import dev.seine.event.MemorySample;
import dev.seine.event.ScoredTrajectory;
import dev.seine.streams.memory.MemorySamples;
import dev.seine.streams.memory.RuleBasedRewriter;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the scored trajectories of a run say about it, read from their topic once, a group at a time. It asks nothing of the
 * recipe: a run that memorizes nothing is read by the same measure as one that does.
 */
final class TrainingLog {
    private static final int PARTS = 3;

    private final long questions;
    private final RuleBasedRewriter rewriter = new RuleBasedRewriter();
    private final Map<String, List<ScoredTrajectory>> open = new HashMap<>();
    private final Set<String> retrieved = new HashSet<>();
    private final GroupStudy[] parts = new GroupStudy[PARTS];

    /** An empty log of a run over this many questions. */
    TrainingLog(long questions) {
        this.questions = Math.max(1, questions);
        Arrays.fill(parts, GroupStudy.NONE);
    }

    /** The whole log of a run. */
    static TrainingLog read(Clients clients, RunConfig config) {
        TrainingLog log =
                new TrainingLog((long) config.rl().steps() * config.rl().questionsPerStep());
        try (EventConsumer<ScoredTrajectory> scored = clients.assign(Topics.SCORED_TRAJECTORIES, "report")) {
            Map<Integer, Long> ends = scored.endOffsets();
            while (!scored.reached(ends)) {
                scored.poll(Duration.ofMillis(100)).stream().map(Event::value).forEach(log::take);
            }
        }
        return log;
    }

    /** Takes a trajectory; a group counts once its last one is here. */
    void take(ScoredTrajectory scored) {
        if (scored.getTrajectory().getSeq() < 0) {
            return;
        }
        String id = scored.getTrajectory().getGroupId();
        List<ScoredTrajectory> group = open.computeIfAbsent(id, any -> new ArrayList<>());
        group.add(scored);
        if (group.size() == scored.getGroupCount()) {
            open.remove(id);
            close(group);
        }
    }

    /** Passages whose facts a memory sample of some group states, whether or not the run wrote one. */
    Set<String> retrieved() {
        return Set.copyOf(retrieved);
    }

    /** The groups of the first, second and last third of the training questions. */
    List<GroupStudy> thirds() {
        return List.of(parts);
    }

    private void close(List<ScoredTrajectory> group) {
        for (MemorySample sample : MemorySamples.of(group, rewriter)) {
            retrieved.addAll(sample.getPassageIds());
        }
        long seq = group.get(0).getTrajectory().getSeq();
        int part = (int) Math.min(PARTS - 1, seq * PARTS / questions);
        parts[part] = parts[part].plus(study(group));
    }

    static GroupStudy study(List<ScoredTrajectory> group) {
        List<ScoredTrajectory> right =
                group.stream().filter(ScoredTrajectory::getCorrect).toList();
        List<ScoredTrajectory> wrong =
                group.stream().filter(s -> !s.getCorrect()).toList();
        boolean mixed = !right.isEmpty() && !wrong.isEmpty();
        boolean unsearched = mixed && fewest(wrong) == 0 && most(right) > 0;
        boolean fewer = mixed && fewest(wrong) < fewest(right);
        int least = fewest(group);
        boolean differ = most(group) > least;
        List<ScoredTrajectory> lazy =
                group.stream().filter(s -> differ && searches(s) == least).toList();
        long lazyRight = lazy.stream().filter(ScoredTrajectory::getCorrect).count();
        return new GroupStudy(
                1,
                mixed ? 1 : 0,
                unsearched ? 1 : 0,
                fewer ? 1 : 0,
                lazy.size(),
                lazyRight,
                differ ? group.size() - lazy.size() : 0,
                differ ? right.size() - lazyRight : 0);
    }

    private static int fewest(List<ScoredTrajectory> rollouts) {
        return rollouts.stream().mapToInt(TrainingLog::searches).min().orElse(0);
    }

    private static int most(List<ScoredTrajectory> rollouts) {
        return rollouts.stream().mapToInt(TrainingLog::searches).max().orElse(0);
    }

    private static int searches(ScoredTrajectory scored) {
        return scored.getTrajectory().getSearches();
    }
}
