package dev.seine.app.replay;

import dev.seine.app.train.Cluster;
import dev.seine.app.train.RunFolder;
import dev.seine.event.LearnerStep;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.StepPhase;
import dev.seine.event.Trajectory;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program, not a test: makes a large log out of a real run, by repeating its scored trajectories, group by group, under new question ids,
 * with a plan for each eight groups. {@code SyntheticLog FROM-RUN TO-RUN TRAJECTORIES}.
 */
public final class SyntheticLog {
    private static final int GROUPS_A_STEP = 8;

    private SyntheticLog() {}

    public static void main(String[] args) {
        RunFolder from = new RunFolder(Path.of(args[0]));
        RunFolder to = new RunFolder(Path.of(args[1])).create();
        int wanted = Integer.parseInt(args[2]);
        List<Event<ScoredTrajectory>> real = new ArrayList<>();
        try (Cluster cluster = Cluster.observe(from, "", "", Map.of(), refused -> {});
                EventConsumer<ScoredTrajectory> consumer =
                        cluster.clients().assign(Topics.SCORED_TRAJECTORIES, "synthetic")) {
            real.addAll(consumer.readToEnd());
        }
        try (EmbeddedBroker broker = EmbeddedBroker.child(to.broker(), to.logs().resolve("broker.log"));
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrap());
                Clients clients = new Clients(Connection.of(broker.bootstrap(), registry.url()))) {
            clients.createTopics();
            write(clients, real, wanted);
        }
    }

    private static void write(Clients clients, List<Event<ScoredTrajectory>> real, int wanted) {
        long written = 0;
        long step = 0;
        List<String> batch = new ArrayList<>();
        String group = "";
        int groups = 0;
        try (EventProducer producer = clients.producer("synthetic")) {
            for (int round = 0; written < wanted; round++) {
                for (Event<ScoredTrajectory> event : real) {
                    ScoredTrajectory scored = renamed(event.value(), round);
                    if (!scored.getTrajectory().getGroupId().equals(group)) {
                        group = scored.getTrajectory().getGroupId();
                        if (written >= wanted) {
                            break;
                        }
                        if (groups++ % GROUPS_A_STEP == 0 && !batch.isEmpty()) {
                            step(producer, ++step, batch);
                            batch.clear();
                        }
                    }
                    batch.add(scored.getTrajectory().getRolloutId());
                    producer.send(Topics.SCORED_TRAJECTORIES, group, scored);
                    producer.send(Topics.TRAJECTORIES, group, scored.getTrajectory());
                    written++;
                }
            }
            step(producer, ++step, batch);
        }
        System.out.printf("%,d trajectories in %,d groups, %,d steps%n", written, groups, step);
    }

    private static void step(EventProducer producer, long step, List<String> rollouts) {
        producer.flush();
        for (StepPhase phase : StepPhase.values()) {
            producer.send(
                    Topics.LEARNER_STEPS,
                    "seine",
                    LearnerStep.newBuilder()
                            .setPolicy("seine")
                            .setStep(step)
                            .setPhase(phase)
                            .setStage("rl")
                            .setVersionIn(step - 1)
                            .setVersionOut(step)
                            .setTrained(List.copyOf(rollouts))
                            .setAtMs(step)
                            .build());
        }
    }

    private static ScoredTrajectory renamed(ScoredTrajectory scored, int round) {
        Trajectory t = scored.getTrajectory();
        String question = t.getQuestionId() + "." + round;
        String group = question + "@" + t.getEpoch();
        return ScoredTrajectory.newBuilder(scored)
                .setTrajectory(Trajectory.newBuilder(t)
                        .setQuestionId(question)
                        .setGroupId(group)
                        .setRolloutId(group + "#" + t.getRolloutIndex())
                        .build())
                .build();
    }
}
