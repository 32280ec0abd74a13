package dev.seine.streams;

import dev.seine.event.GroupClose;
import dev.seine.event.MemorySample;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.streams.reward.RewardSchedule;
import dev.seine.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the trajectories of a group and scores them together, once: when all are there, or at the deadline with
 * those that are. What it writes has no trace of the wall clock; only which trajectories made the deadline depends on
 * it. The deadline stands in the store with the group and holds over restarts and moves to other instances; what lay
 * unread in the log meanwhile is read before any group is closed by it, so that it can still join.
 */
final class GroupCollector implements Processor<String, Arrival, String, Object> {
    static final String NAME = "groups";
    static final String SCORED_SINK = "write-scored";
    static final String MEMORY_SINK = "write-memory";

    private static final Logger LOG = LoggerFactory.getLogger(GroupCollector.class);
    private static final Duration SLOWEST_CHECK = Duration.ofSeconds(1);
    private static final Duration FASTEST_CHECK = Duration.ofMillis(100);
    /** A partition from which nothing came for so long after a start holds nothing unread. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    private final RewardSchedule schedule;
    private final TopologyOptions options;
    private final GroupScoring scoring;
    private final Deserializer<Trajectory> deserializer;
    private final Rejections rejections;
    private ProcessorContext<String, Object> context;
    private GroupStores stores;
    private long startedMs;
    private long readMs;
    private boolean caughtUp;

    GroupCollector(RewardSchedule schedule, TopologyOptions options, Rejections rejections) {
        this.schedule = schedule;
        this.options = options;
        this.rejections = rejections;
        scoring = new GroupScoring(schedule, options.rewriter());
        deserializer = options.serdes().serde(Topics.TRAJECTORIES).deserializer();
    }

    @Override
    public void init(ProcessorContext<String, Object> context) {
        this.context = context;
        stores = new GroupStores(context);
        startedMs = context.currentSystemTimeMs();
        readMs = startedMs;
        caughtUp = false;
        context.schedule(
                checkEvery(schedule.rest().groupTimeout()), PunctuationType.WALL_CLOCK_TIME, this::closeOverdue);
        context.schedule(
                options.closedTtl().dividedBy(10),
                PunctuationType.WALL_CLOCK_TIME,
                nowMs -> stores.forget(options.closedTtl().toMillis(), nowMs));
    }

    @Override
    public void process(Record<String, Arrival> in) {
        readMs = context.currentSystemTimeMs();
        caughtUp |= in.timestamp() >= startedMs;
        Trajectory trajectory = in.value().trajectory();
        String groupId = in.key();
        int index = trajectory.getRolloutIndex();
        GroupState closed = stores.closed(groupId);
        if (closed != null) {
            refuseAfterClose(trajectory, closed.has(index));
            return;
        }
        GroupState known = stores.open(groupId);
        GroupState group =
                known == null ? GroupState.first(trajectory.getGroupSize(), context.currentSystemTimeMs()) : known;
        if (group.size() != trajectory.getGroupSize()) {
            reject(
                    in,
                    "group size must be " + group.size() + " as in the group's first, got "
                            + trajectory.getGroupSize());
        } else if (group.has(index)) {
            options.counters().duplicate();
        } else {
            GroupState more = group.with(index);
            stores.add(groupId, index, in.value().bytes(), more);
            options.counters().accepted();
            if (more.complete()) {
                close(groupId, more, GroupClose.COUNT, in.headers());
            }
        }
    }

    private void refuseAfterClose(Trajectory trajectory, boolean duplicate) {
        if (duplicate) {
            options.counters().duplicate();
        } else {
            options.counters().late();
            LOG.warn("trajectory {} came after its group had closed: not scored", trajectory.getRolloutId());
        }
    }

    private void reject(Record<String, Arrival> in, String fault) {
        Optional<RecordMetadata> origin = context.recordMetadata();
        String cause = "trajectory '" + in.value().trajectory().getRolloutId() + "': " + fault;
        Record<byte[], byte[]> refused = in.withKey(in.key().getBytes(StandardCharsets.UTF_8))
                .withValue(in.value().bytes());
        context.forward(rejections.of(origin, refused, cause), Rejections.SINK);
    }

    private void closeOverdue(long nowMs) {
        long timeoutMs = schedule.rest().groupTimeout().toMillis();
        caughtUp |= nowMs - readMs >= QUIET.toMillis();
        if (!caughtUp) {
            return;
        }
        for (String groupId : stores.open((id, group) -> group.olderThan(timeoutMs, nowMs))) {
            GroupState group = Objects.requireNonNull(stores.open(groupId), groupId);
            LOG.warn("group {} closed by its deadline with {} of {}", groupId, group.arrived(), group.size());
            close(groupId, group, GroupClose.DEADLINE, new RecordHeaders());
        }
    }

    /** The trajectories of a group, being of one question, have the same trace: that of the last is that of all that comes of them. */
    private void close(String groupId, GroupState group, GroupClose by, Headers headers) {
        List<Trajectory> trajectories = stores.close(groupId, group, context.currentSystemTimeMs()).stream()
                .map(bytes -> deserializer.deserialize(Topics.TRAJECTORIES.name(), bytes))
                .toList();
        String question = trajectories.get(0).getQuestionId();
        GroupScoring.Outcome outcome = scoring.score(trajectories, stores.fewest(question));
        stores.fewest(question, outcome.fewestSearches());
        long atMs = trajectories.stream().mapToLong(Trajectory::getAtMs).max().orElse(0);
        for (ScoredTrajectory each : outcome.scored()) {
            context.forward(new Record<>(groupId, each, atMs, headers), SCORED_SINK);
        }
        for (MemorySample sample : outcome.samples()) {
            context.forward(new Record<>(sample.getQuestionId(), sample, atMs, headers), MEMORY_SINK);
        }
        options.counters().closed(by, trajectories.size(), outcome.samples().size());
    }

    private static Duration checkEvery(Duration timeout) {
        Duration tenth = timeout.dividedBy(10);
        if (tenth.compareTo(SLOWEST_CHECK) > 0) {
            return SLOWEST_CHECK;
        }
        return tenth.compareTo(FASTEST_CHECK) < 0 ? FASTEST_CHECK : tenth;
    }
}
