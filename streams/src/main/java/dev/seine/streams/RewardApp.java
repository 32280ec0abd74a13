package dev.seine.streams;

import dev.seine.streams.memory.Rewriter;
import dev.seine.streams.reward.RewardConfig;
import dev.seine.streams.reward.RewardSchedule;
import dev.seine.topics.Clients;
import dev.seine.topics.ConsumerLag;
import dev.seine.topics.Metric;
import dev.seine.topics.Outage;
import dev.seine.topics.Role;
import dev.seine.topics.Telemetry;
import dev.seine.topics.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.errors.TaskMigratedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the reward topology, exactly once: what it reads, its state and what it writes are committed together. It has
 * its own threads; {@link #step} only reports. A thread that fails because something is away for the moment is
 * replaced; any other failure stops the app, and {@link #step} throws it.
 */
public final class RewardApp implements Role {
    private static final Logger LOG = LoggerFactory.getLogger(RewardApp.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final KafkaStreams streams;
    private final RewardCounters counters;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private Optional<KafkaStreamsMetrics> figures = Optional.empty();
    private long reported;

    private RewardApp(KafkaStreams streams, RewardCounters counters) {
        this.streams = streams;
        this.counters = counters;
    }

    /** Starts it with the same rewards for all questions; the topics must be there. */
    public static RewardApp start(Clients clients, RewardConfig rewards, Rewriter rewriter, RewardAppConfig config) {
        return start(clients, RewardSchedule.always(rewards), rewriter, config);
    }

    /** Starts it; the topics must be there. */
    public static RewardApp start(Clients clients, RewardSchedule rewards, Rewriter rewriter, RewardAppConfig config) {
        RewardCounters counters = new RewardCounters();
        TopologyOptions options =
                new TopologyOptions(config.store(), config.closedTtl(), clients::serde, rewriter, counters);
        Properties properties = clients.streamsProperties(config.applicationId(), config.stateDir());
        properties.put("num.stream.threads", config.threads());
        properties.put("commit.interval.ms", config.commitInterval().toMillis());
        KafkaStreams streams = new KafkaStreams(RewardTopology.build(rewards, options), properties);
        RewardApp app = new RewardApp(streams, counters);
        streams.setUncaughtExceptionHandler(app::onFailure);
        streams.setStateListener(app::onState);
        app.show(clients.telemetry());
        streams.start();
        return app;
    }

    @Override
    public String name() {
        return RewardTopology.ROLE;
    }

    /**
     * Trajectories scored since the last call.
     *
     * @throws IllegalStateException if the app has failed
     */
    @Override
    public int step() {
        State state = streams.state();
        if (state == State.ERROR || failure.get() != null) {
            throw new IllegalStateException("rewards have stopped, state " + state, failure.get());
        }
        long scored = counters.counts().scored();
        int done = (int) (scored - reported);
        reported = scored;
        return done;
    }

    private void show(Telemetry telemetry) {
        MeterRegistry meters = telemetry.meters();
        counters.show(meters);
        Metric.CONSUMER_LAG.gauge(
                meters,
                () -> ConsumerLag.of(streams.metrics(), Topics.TRAJECTORIES),
                Topics.TRAJECTORIES.name(),
                name());
        if (telemetry.metered()) {
            figures = Optional.of(new KafkaStreamsMetrics(streams));
            figures.get().bindTo(meters);
        }
    }

    @Override
    public boolean ready() {
        return running();
    }

    /** True while it has partitions and works on them. */
    public boolean running() {
        return streams.state() == State.RUNNING;
    }

    /** What it has done since it started. */
    public RewardCounters.Counts counts() {
        return counters.counts();
    }

    /** Commits, leaves its group and stops; false if that took longer than the timeout. */
    public boolean close(Duration timeout) {
        figures.ifPresent(KafkaStreamsMetrics::close);
        return streams.close(CloseOptions.timeout(timeout)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }

    @Override
    public void close() {
        if (!close(PATIENCE)) {
            LOG.warn("rewards did not stop within {}", PATIENCE);
        }
    }

    private StreamThreadExceptionResponse onFailure(Throwable thrown) {
        if (transientFailure(thrown)) {
            LOG.warn("a reward thread failed for the moment and is replaced: {}", thrown.toString());
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        LOG.error("rewards stop: what failed would fail again", thrown);
        failure.compareAndSet(null, thrown);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private void onState(State now, State before) {
        if (now == State.ERROR) {
            LOG.error("rewards: {} after {}", now, before);
        } else {
            LOG.info("rewards: {} after {}", now, before);
        }
    }

    static boolean transientFailure(Throwable thrown) {
        if (Outage.passing(thrown) || Outage.cutOff(thrown)) {
            return true;
        }
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            // A broker that has just come back may not know its topics yet; and what was cut off begins anew.
            if (cause instanceof MissingSourceTopicException || cause instanceof TaskMigratedException) {
                return true;
            }
        }
        return false;
    }
}
