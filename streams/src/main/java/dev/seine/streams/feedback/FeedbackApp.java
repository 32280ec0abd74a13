package dev.seine.streams.feedback;

import dev.seine.streams.StreamsApp;
import dev.seine.streams.TopologyOptions.Store;
import dev.seine.topics.Clients;
import dev.seine.topics.Topics;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.streams.Topology;

/** Runs the feedback topology. Its work is the feedback received. */
public final class FeedbackApp extends StreamsApp {
    private final FeedbackCounters counters;

    private FeedbackApp(Topology topology, Properties properties, FeedbackCounters counters) {
        super(FeedbackTopology.ROLE, topology, properties, () -> counters.counts()
                .received());
        this.counters = counters;
    }

    /**
     * Starts it; the topics must be there.
     *
     * @param applicationId name of its consumer group and the start of its internal topics' names
     * @param stateDir folder for its state, used by one process only
     */
    public static FeedbackApp start(Clients clients, FeedbackConfig config, String applicationId, Path stateDir) {
        FeedbackCounters counters = new FeedbackCounters();
        counters.show(clients.telemetry().meters());
        FeedbackApp app = new FeedbackApp(
                FeedbackTopology.build(config, Store.ROCKSDB, clients::serde, counters),
                clients.streamsProperties(applicationId, stateDir),
                counters);
        app.run(clients.telemetry(), Topics.FEEDBACK);
        return app;
    }

    /** What it has done since it started. */
    public FeedbackCounters.Counts counts() {
        return counters.counts();
    }
}
