package dev.seine.learner;

import dev.seine.event.LearnerStep;
import dev.seine.event.StepPhase;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The steps that the log holds beyond a checkpoint: what a learner that comes back does again, exactly. */
final class StepLog {
    private final Map<Long, LearnerStep> planned = new HashMap<>();
    private final Set<Long> applied = new HashSet<>();

    /** Reads all steps of a policy after step {@code after}; of a step planned twice the later plan holds. */
    static StepLog read(Clients clients, String role, String policy, long after) {
        StepLog log = new StepLog();
        try (EventConsumer<LearnerStep> consumer = clients.assign(Topics.LEARNER_STEPS, role)) {
            consumer.readToEnd().stream()
                    .map(Event::value)
                    .filter(s ->
                            s.getPolicy().equals(policy) && s.getStage().equals(Learner.STAGE) && s.getStep() > after)
                    .forEach(log::add);
        }
        return log;
    }

    /** The plan of a step, if it was logged. */
    Optional<LearnerStep> plan(long step) {
        return Optional.ofNullable(planned.get(step));
    }

    /** Whether the step was logged as applied, its weights announced. */
    boolean applied(long step) {
        return applied.contains(step);
    }

    /** Forgets a step that has been done again. */
    void forget(long step) {
        planned.remove(step);
        applied.remove(step);
    }

    /** Steps to be done again. */
    int size() {
        return planned.size();
    }

    /** All rollouts that a plan consumes. */
    static Stream<String> rollouts(LearnerStep plan) {
        return Stream.concat(
                plan.getTrained().stream(), plan.getSkipped().values().stream().flatMap(ids -> ids.stream()));
    }

    private void add(LearnerStep step) {
        if (step.getPhase() == StepPhase.PLANNED) {
            planned.put(step.getStep(), step);
        } else {
            applied.add(step.getStep());
        }
    }
}
