package dev.seine.streams;

import dev.seine.topics.ConsumerLag;
import dev.seine.topics.Metric;
import dev.seine.topics.Outage;
import dev.seine.topics.Role;
import dev.seine.topics.Telemetry;
import dev.seine.topics.Topic;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.errors.TaskMigratedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a topology, exactly once: what it reads, its state and what it writes are committed together. It has its own
 * threads; {@link #step} only reports. A thread that fails because something is away for the moment is replaced; any other
 * failure stops the app, and {@link #step} throws it.
 */
public abstract class StreamsApp implements Role {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsApp.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String name;
    private final KafkaStreams streams;
    private final LongSupplier done;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private Optional<KafkaStreamsMetrics> figures = Optional.empty();
    private long reported;

    /**
     * Makes it; {@link #run} starts it.
     *
     * @param done work done since it was made
     */
    protected StreamsApp(String name, Topology topology, Properties properties, LongSupplier done) {
        this.name = name;
        this.streams = new KafkaStreams(topology, properties);
        this.done = done;
    }

    /** Starts its threads, and shows how far it lags behind the topic that it works on; the topics must be there. */
    protected final void run(Telemetry telemetry, Topic<?> source) {
        Metric.CONSUMER_LAG.gauge(
                telemetry.meters(), () -> ConsumerLag.of(streams.metrics(), source), source.name(), name);
        if (telemetry.metered()) {
            figures = Optional.of(new KafkaStreamsMetrics(streams));
            figures.get().bindTo(telemetry.meters());
        }
        streams.setUncaughtExceptionHandler(this::onFailure);
        streams.setStateListener(this::onState);
        streams.start();
    }

    @Override
    public final String name() {
        return name;
    }

    /**
     * Work done since the last call.
     *
     * @throws IllegalStateException if the app has failed
     */
    @Override
    public final int step() {
        State state = streams.state();
        if (state == State.ERROR || failure.get() != null) {
            throw new IllegalStateException(name + " has stopped, state " + state, failure.get());
        }
        long now = done.getAsLong();
        int work = (int) (now - reported);
        reported = now;
        return work;
    }

    @Override
    public final boolean ready() {
        return running();
    }

    /** True while it has partitions and works on them. */
    public final boolean running() {
        return streams.state() == State.RUNNING;
    }

    /** Commits, leaves its group and stops; false if that took longer than the timeout. */
    public final boolean close(Duration timeout) {
        figures.ifPresent(KafkaStreamsMetrics::close);
        return streams.close(CloseOptions.timeout(timeout)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }

    @Override
    public final void close() {
        if (!close(PATIENCE)) {
            LOG.warn("{} did not stop within {}", name, PATIENCE);
        }
    }

    private StreamThreadExceptionResponse onFailure(Throwable thrown) {
        if (transientFailure(thrown)) {
            LOG.warn("{}: a thread failed for the moment and is replaced: {}", name, thrown.toString());
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        LOG.error("{} stops: what failed would fail again", name, thrown);
        failure.compareAndSet(null, thrown);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private void onState(State now, State before) {
        if (now == State.ERROR) {
            LOG.error("{}: {} after {}", name, now, before);
        } else {
            LOG.info("{}: {} after {}", name, now, before);
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
