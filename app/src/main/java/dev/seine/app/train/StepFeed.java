package dev.seine.app.train;

import dev.seine.event.LearnerStep;
import dev.seine.event.StepPhase;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The metrics of the learner's steps, read from the log as any dashboard would. A step done again replaces itself. */
final class StepFeed implements AutoCloseable {
    private final String policy;
    private final EventConsumer<LearnerStep> steps;
    private final TreeMap<Integer, Map<String, Double>> metrics = new TreeMap<>();

    StepFeed(Clients clients, String policy) {
        this.policy = policy;
        this.steps = clients.assign(Topics.LEARNER_STEPS, "view");
    }

    /** Reads what is new. */
    void poll() {
        for (Event<LearnerStep> event : steps.poll(Duration.ZERO)) {
            LearnerStep step = event.value();
            if (step.getPhase() == StepPhase.APPLIED && step.getPolicy().equals(policy)) {
                metrics.put(Math.toIntExact(step.getStep()), step.getMetrics());
            }
        }
    }

    /** Reads until the log's present end. */
    void drain() {
        Map<Integer, Long> ends = steps.endOffsets();
        while (steps.positions().entrySet().stream().anyMatch(e -> e.getValue() < ends.getOrDefault(e.getKey(), 0L))) {
            poll();
        }
    }

    /** Metrics by step. */
    SortedMap<Integer, Map<String, Double>> metrics() {
        return metrics;
    }

    @Override
    public void close() {
        steps.close();
    }
}
