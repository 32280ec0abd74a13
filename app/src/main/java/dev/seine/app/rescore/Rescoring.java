package dev.seine.app.rescore;

import dev.seine.event.MemorySample;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.streams.GroupScoring;
import dev.seine.streams.memory.Rewriter;
import dev.seine.streams.reward.RewardSchedule;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;

/**
 * Scores the groups of a past run anew, in the order in which they closed and with the members that they closed with, so that nothing depends
 * on when it is done. Each partition is scored by itself, as the topology does it, several at a time. With the run's own rewards the records
 * come out as they are in the log, byte for byte.
 */
final class Rescoring {
    private static final String ROLE = "rescore";

    private final Clients clients;
    private final RewardSchedule rewards;
    private final Rewriter rewriter;
    private final Output output;

    /** Where the new records of one partition go, in their order; called by one thread for each partition. */
    interface Output {
        void write(int partition, String key, SpecificRecord value);
    }

    Rescoring(Clients clients, RewardSchedule rewards, Rewriter rewriter, Output output) {
        this.clients = clients;
        this.rewards = rewards;
        this.rewriter = rewriter;
        this.output = output;
    }

    /** Scores everything that the log has now. */
    Difference run(int threads) throws InterruptedException {
        Map<Integer, Long> ends = clients.ends(List.of(Topics.SCORED_TRAJECTORIES))
                .getOrDefault(Topics.SCORED_TRAJECTORIES.name(), new TreeMap<>());
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Difference>> parts = new ArrayList<>();
            ends.forEach((partition, end) -> parts.add(pool.submit(() -> partition(partition, end))));
            Difference all = new Difference();
            for (Future<Difference> part : parts) {
                all.add(part.get());
            }
            return all;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private Difference partition(int partition, long end) {
        GroupScoring scoring = new GroupScoring(rewards, rewriter);
        Difference difference = new Difference();
        Map<String, List<ScoredTrajectory>> open = new HashMap<>();
        Map<String, OptionalInt> fewest = new HashMap<>();
        try (EventConsumer<ScoredTrajectory> consumer = clients.assign(Topics.SCORED_TRAJECTORIES, ROLE)) {
            consumer.assignTo(Set.of(partition));
            consumer.readTo(Map.of(partition, end), (Event<ScoredTrajectory> event) -> {
                List<ScoredTrajectory> group = open.computeIfAbsent(event.key(), k -> new ArrayList<>());
                group.add(event.value());
                if (group.size() == event.value().getGroupCount()) {
                    open.remove(event.key());
                    score(partition, event.key(), group, scoring, fewest, difference);
                }
            });
        }
        return difference;
    }

    private void score(
            int partition,
            String key,
            List<ScoredTrajectory> group,
            GroupScoring scoring,
            Map<String, OptionalInt> fewest,
            Difference difference) {
        List<Trajectory> trajectories =
                group.stream().map(ScoredTrajectory::getTrajectory).toList();
        String question = trajectories.get(0).getQuestionId();
        GroupScoring.Outcome outcome = scoring.score(trajectories, fewest.getOrDefault(question, OptionalInt.empty()));
        if (outcome.fewestSearches().isPresent()) {
            fewest.put(question, outcome.fewestSearches());
        }
        for (ScoredTrajectory each : outcome.scored()) {
            output.write(partition, key, each);
        }
        for (MemorySample sample : outcome.samples()) {
            output.write(partition, sample.getQuestionId(), sample);
        }
        difference.add(group, outcome.scored());
    }
}
