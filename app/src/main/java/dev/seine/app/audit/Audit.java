package dev.seine.app.audit;

import dev.seine.event.Rejection;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads a run's log once, from its first record to the ends that it has at the start, and draws up the books. Nothing is trusted but the
 * log: no checkpoint, no counter of a role. Reading is streamed; only ids and hashes are kept.
 *
 * <p>What is on its way when the log ends is in flight, and lost only when nothing can still come of it: a rollout is due when its question
 * is older than the grace and the training order has passed it, a group when its last trajectory is older than the grace.
 */
public final class Audit {
    private static final String ROLE = "audit";

    private final Duration grace;
    private final Breaks breaks = new Breaks();
    private final RolloutBooks rollouts = new RolloutBooks(breaks);
    private final StepBooks steps = new StepBooks(breaks);
    private final Set<String> rejected = new HashSet<>();
    private final Unreadable unreadable = new Unreadable();
    private final Map<String, Long> records = new LinkedHashMap<>();

    /**
     * An audit; {@link #run} reads the log once.
     *
     * @param grace how long before the end of the log something must have happened for what should follow it to be missed; at least twice
     *     the deadline of groups
     */
    public Audit(Duration grace) {
        this.grace = grace;
    }

    /** To be told of every record that the clients of {@link #run} cannot decode. */
    public void unreadable(Rejection refused) {
        unreadable.add(refused);
    }

    /** Draws up the books; the clients are observers that tell {@link #unreadable}. */
    public AuditReport run(Clients clients) {
        // Before the rejections: who commits has written the rejections of what lies before.
        unreadable.read(clients.committed());
        Ends ends = new Ends(clients);
        read(
                clients,
                ends,
                Topics.REJECTIONS,
                e -> rejected.add(place(
                        e.value().getTopic(),
                        e.value().getPartition(),
                        e.value().getOffset())));
        read(clients, ends, Topics.QUESTIONS, rollouts::question);
        read(clients, ends, Topics.RETRIEVAL_REQUESTS, rollouts::request);
        read(clients, ends, Topics.TRAJECTORIES, e -> rollouts.trajectory(e, rejected.contains(place(e))));
        read(clients, ends, Topics.SCORED_TRAJECTORIES, rollouts::scored);
        read(clients, ends, Topics.LEARNER_STEPS, steps::step);
        read(clients, ends, Topics.WEIGHTS, steps::weights);
        steps.close(rollouts);
        steps.plans().forEach(plan -> plan.getSources().forEach(unreadable::read));
        return report();
    }

    private AuditReport report() {
        Verdicts verdicts = new Verdicts(rollouts, steps.lastPlanMs(), grace.toMillis(), breaks);
        long unread = unreadable.judge(rejected, breaks);
        Map<String, Long> skipped = new TreeMap<>(steps.skipped());
        if (verdicts.late() > 0) {
            skipped.put("late", verdicts.late());
        }
        Map<String, Long> counts = new LinkedHashMap<>();
        records.forEach((topic, count) -> counts.put("records in " + topic, count));
        counts.put("trajectories repeated", rollouts.repeated());
        counts.put("searches repeated", rollouts.repeatedRequests());
        counts.put("trajectories refused", verdicts.refused());
        counts.put("records unreadable", (long) unreadable.count());
        counts.put("of them not read yet", unread);
        counts.put("rejections", (long) rejected.size());
        counts.put("groups", (long) rollouts.groups().size());
        counts.put("steps", steps.steps());
        counts.put("steps applied", steps.applied());
        counts.put("steps planned again", steps.plannedAgain());
        counts.put("versions announced", steps.versions());
        counts.put("versions announced again", steps.announcedAgain());
        counts.put("weights files verified", steps.filesVerified());
        List<AuditReport.Finding> findings = new ArrayList<>();
        for (Invariant invariant : Invariant.values()) {
            findings.add(new AuditReport.Finding(invariant, breaks.count(invariant), breaks.examples(invariant)));
        }
        return new AuditReport(
                verdicts.produced(),
                steps.trained(),
                skipped,
                verdicts.inFlight(),
                verdicts.notWritten(),
                counts,
                findings);
    }

    private <V extends SpecificRecord> void read(Clients clients, Ends ends, Topic<V> topic, Consumer<Event<V>> each) {
        long[] count = {0};
        try (EventConsumer<V> consumer = clients.assign(topic, ROLE)) {
            consumer.readTo(ends.of(topic), event -> {
                count[0]++;
                each.accept(event);
            });
        }
        records.put(topic.name(), count[0]);
    }

    private static String place(Event<?> event) {
        return place(event.topic().name(), event.partition(), event.offset());
    }

    /** A record's place, as its rejection has it. */
    static String place(String topic, int partition, long offset) {
        return topic + "-" + partition + "@" + offset;
    }

    /** Ends of all topics, taken against the flow: whatever lies before them has its causes before them too. */
    private static final class Ends {
        private final Map<Topic<?>, Map<Integer, Long>> ends = new HashMap<>();

        Ends(Clients clients) {
            for (Topic<?> topic : List.of(
                    Topics.WEIGHTS,
                    Topics.LEARNER_STEPS,
                    Topics.SCORED_TRAJECTORIES,
                    Topics.TRAJECTORIES,
                    Topics.RETRIEVAL_REQUESTS,
                    Topics.QUESTIONS,
                    Topics.REJECTIONS)) {
                try (EventConsumer<?> consumer = clients.assign(topic, ROLE)) {
                    ends.put(topic, consumer.endOffsets());
                }
            }
        }

        Map<Integer, Long> of(Topic<?> topic) {
            return Objects.requireNonNull(ends.get(topic), topic::name);
        }
    }
}
