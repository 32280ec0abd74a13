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
        steps.poll(Duration.ZERO).forEach(this::take);
    }

    /** Reads until the log's present end. */
    void drain() {
        steps.readToEnd().forEach(this::take);
    }

    private void take(Event<LearnerStep> event) {
        LearnerStep step = event.value();
        if (step.getPhase() == StepPhase.APPLIED && step.getPolicy().equals(policy)) {
            metrics.put(Math.toIntExact(step.getStep()), step.getMetrics());
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
