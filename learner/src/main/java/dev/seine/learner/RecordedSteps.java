package dev.seine.learner;

import dev.seine.event.LearnerStep;
import dev.seine.event.OffsetRange;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.StepPhase;
import dev.seine.event.WeightsPublished;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the log says of a policy's steps: their last plans, what came of them, the weights announced, and the groups they consumed. */
final class RecordedSteps implements AutoCloseable {
    private final Map<Long, LearnerStep> plans = new TreeMap<>();
    private final Map<Long, LearnerStep> applied = new HashMap<>();
    private final Map<Long, String> announced = new HashMap<>();
    private final EventConsumer<ScoredTrajectory> scored;

    /**
     * Reads the steps.
     *
     * @param role name of the reader
     */
    RecordedSteps(Clients clients, String policy, String role) {
        try (EventConsumer<LearnerStep> consumer = clients.assign(Topics.LEARNER_STEPS, role)) {
            consumer.readToEnd().stream()
                    .map(Event::value)
                    .filter(s -> s.getPolicy().equals(policy) && s.getStage().equals(Learner.STAGE))
                    .forEach(s -> (s.getPhase() == StepPhase.PLANNED ? plans : applied).put(s.getStep(), s));
        }
        try (EventConsumer<WeightsPublished> consumer = clients.assign(Topics.WEIGHTS, role)) {
            consumer.readToEnd().stream()
                    .map(Event::value)
                    .filter(w -> w.getPolicy().equals(policy))
                    .forEach(w -> announced.put(w.getVersion(), w.getSha256()));
        }
        scored = clients.assign(Topics.SCORED_TRAJECTORIES, role);
    }

    /** Steps that there is a plan of, in order. */
    List<Long> numbers() {
        return List.copyOf(plans.keySet());
    }

    /**
     * The last plan of a step.
     *
     * @throws IllegalArgumentException if the log has no such step
     */
    LearnerStep plan(long step) {
        LearnerStep plan = plans.get(step);
        if (plan == null) {
            throw new IllegalArgumentException("no plan of step " + step + " in the log"
                    + (plans.isEmpty() ? "" : ", which has steps " + numbers().get(0) + " to " + plans.size()));
        }
        return plan;
    }

    /** Metrics of a step as they were logged; empty if it was never applied. */
    Map<String, Double> metrics(long step) {
        return applied.containsKey(step) ? applied.get(step).getMetrics() : Map.of();
    }

    /** Checksum of a version's weights; empty if it is no longer kept. */
    Optional<String> announced(long version) {
        return Optional.ofNullable(announced.get(version));
    }

    /** The groups of a plan, with the members that it consumed. */
    List<Group> groups(LearnerStep plan) {
        Set<String> wanted = StepLog.rollouts(plan).collect(Collectors.toSet());
        Map<String, List<Event<ScoredTrajectory>>> members = new LinkedHashMap<>();
        for (OffsetRange range : plan.getSources()) {
            if (range.getTopic().equals(Topics.SCORED_TRAJECTORIES.name())) {
                scored.range(range.getPartition(), range.getFrom(), range.getTo()).stream()
                        .filter(e -> wanted.remove(e.value().getTrajectory().getRolloutId()))
                        .forEach(e -> members.computeIfAbsent(e.key(), k -> new ArrayList<>())
                                .add(e));
            }
        }
        if (!wanted.isEmpty()) {
            throw new IllegalStateException("step " + plan.getStep() + ": the log no longer keeps " + wanted.size()
                    + " of its rollouts, such as " + wanted.iterator().next());
        }
        List<Group> groups = new ArrayList<>();
        members.forEach((id, events) -> {
            ScoredTrajectory first = events.get(0).value();
            groups.add(new Group(
                    id,
                    first.getTrajectory().getSeq(),
                    first.getGroupCount(),
                    events.get(0).partition(),
                    events));
        });
        groups.sort(Group.ORDER);
        return groups;
    }

    @Override
    public void close() {
        scored.close();
    }
}
