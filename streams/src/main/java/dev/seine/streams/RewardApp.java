package dev.seine.streams;

import dev.seine.streams.memory.Rewriter;
import dev.seine.streams.reward.RewardConfig;
import dev.seine.streams.reward.RewardSchedule;
import dev.seine.topics.Clients;
import dev.seine.topics.Topics;
import java.util.Properties;
import org.apache.kafka.streams.Topology;

/** Runs the reward topology. Its work is the trajectories scored. */
public final class RewardApp extends StreamsApp {
    private final RewardCounters counters;

    private RewardApp(Topology topology, Properties properties, RewardCounters counters) {
        super(RewardTopology.ROLE, topology, properties, () -> counters.counts().scored());
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
        RewardApp app = new RewardApp(RewardTopology.build(rewards, options), properties, counters);
        counters.show(clients.telemetry().meters());
        app.run(clients.telemetry(), Topics.TRAJECTORIES);
        return app;
    }

    /** What it has done since it started. */
    public RewardCounters.Counts counts() {
        return counters.counts();
    }
}
