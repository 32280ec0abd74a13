package dev.seine.app.train;

import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.schemas.Dialect;
import dev.seine.streams.RewardApp;
import dev.seine.streams.RewardAppConfig;
import dev.seine.streams.memory.RuleBasedRewriter;
import dev.seine.streams.recorded.RecordedLine;
import dev.seine.streams.recorded.RecordedScore;
import dev.seine.streams.recorded.RecordedTrajectories;
import dev.seine.streams.reward.RewardConfig;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Scores trajectories that another system recorded: they are published to the {@code trajectories} topic, go through the same
 * topology as the run's own, and are read back from {@code scored-trajectories}.
 */
final class RecordedScoring {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Cluster cluster;
    private final RewardConfig rewards;
    private final Path state;

    RecordedScoring(Cluster cluster, RewardConfig rewards, Path state) {
        this.cluster = cluster;
        this.rewards = rewards;
        this.state = state;
    }

    /**
     * The scores in the order of the file's lines.
     *
     * @param refused told of lines that are no trajectory; they have no score
     * @throws IllegalStateException if the scores do not come in time
     */
    List<RecordedScore> score(Path file, Consumer<String> refused) {
        List<String> order = new ArrayList<>();
        Map<String, RecordedScore> scores = new HashMap<>();
        try (EventConsumer<ScoredTrajectory> scored = cluster.clients().assign(Topics.SCORED_TRAJECTORIES, "score");
                RewardApp app = RewardApp.start(
                        cluster.clients(),
                        rewards,
                        new RuleBasedRewriter(),
                        RewardAppConfig.of("rewards-" + rewards.recipe(), state))) {
            scored.seekToEnd();
            scored.positions(); // settles where the end is before anything is published
            publish(file, order, refused);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (scores.size() < order.size() && System.nanoTime() < deadline) {
                app.step();
                for (Event<ScoredTrajectory> event : scored.poll(Duration.ofMillis(100))) {
                    String id = event.value().getTrajectory().getRolloutId();
                    if (order.contains(id)) {
                        scores.put(id, RecordedScore.of(event.value()));
                    }
                }
            }
        }
        if (scores.size() < order.size()) {
            throw new IllegalStateException("only " + scores.size() + " of " + order.size()
                    + " trajectories came back scored within " + PATIENCE.toMinutes() + " minutes");
        }
        return order.stream().map(scores::get).filter(Objects::nonNull).toList();
    }

    private void publish(Path file, List<String> order, Consumer<String> refused) {
        // A run of its own: the same file may have been scored on this cluster before.
        String mark = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        try (EventProducer producer = cluster.clients().producer("score");
                Stream<RecordedLine> lines = new RecordedTrajectories(file, Dialect.of(rewards.dialect())).lines()) {
            for (RecordedLine line : (Iterable<RecordedLine>) lines::iterator) {
                if (line instanceof RecordedLine.Refused bad) {
                    refused.accept(bad.message());
                } else if (line instanceof RecordedLine.Read read) {
                    Trajectory trajectory = marked(read.rollout().trajectory(), mark);
                    order.add(trajectory.getRolloutId());
                    producer.send(Topics.TRAJECTORIES, trajectory.getGroupId(), trajectory);
                }
            }
            producer.flush();
        }
    }

    private static Trajectory marked(Trajectory trajectory, String mark) {
        String question = trajectory.getQuestionId() + "/" + mark;
        return Trajectory.newBuilder(trajectory)
                .setQuestionId(question)
                .setGroupId(question + "@0")
                .setRolloutId(question + "@0#0")
                .build();
    }
}
