package dev.seine.topics;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Settings of the embedded broker: loopback only, small, quick to start, to restart and to rebalance. */
final class BrokerSettings {
    static final String CONTROLLER = "CONTROLLER";

    private static final Map<String, String> SMALL = Map.of(
            "num.network.threads", "2",
            "num.io.threads", "4",
            "background.threads", "2",
            "log.cleaner.dedupe.buffer.size", "2097152",
            "log.cleaner.io.buffer.size", "262144",
            "offsets.topic.num.partitions", "4",
            "transaction.state.log.num.partitions", "4",
            "share.coordinator.state.topic.num.partitions", "4");

    /** Nobody can take over from it, so a late heartbeat costs it nothing; {@link Predecessor} knows when it was killed. */
    private static final Map<String, String> SINGLE = Map.of(
            "broker.session.timeout.ms", "30000",
            "default.replication.factor", "1",
            "offsets.topic.replication.factor", "1",
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "share.coordinator.state.topic.replication.factor", "1",
            "share.coordinator.state.topic.min.isr", "1");

    /** Three replicas of everything, of which two must have a record before it counts as written: one broker may be away. */
    private static final Map<String, String> REPLICATED = Map.of(
            "broker.session.timeout.ms", "3000",
            "default.replication.factor", "3",
            "min.insync.replicas", "2",
            "offsets.topic.replication.factor", "3",
            "transaction.state.log.replication.factor", "3",
            "transaction.state.log.min.isr", "2",
            "share.coordinator.state.topic.replication.factor", "3",
            "share.coordinator.state.topic.min.isr", "2");

    private static final Map<String, String> QUICK = Map.of(
            "broker.heartbeat.interval.ms", "500",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000",
            "group.initial.rebalance.delay.ms", "0",
            "group.streams.initial.rebalance.delay.ms", "0",
            "group.streams.min.heartbeat.interval.ms", "500",
            "group.streams.heartbeat.interval.ms", "1000",
            "group.streams.min.session.timeout.ms", "6000",
            "group.streams.session.timeout.ms", "10000");

    private BrokerSettings() {}

    static Map<String, String> of(Path data, BrokerFolder.Ports ports, BrokerLayout layout) {
        String protocol = layout.protocol();
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(layout.node()));
        settings.put("controller.quorum.voters", layout.voters(ports.controller()));
        settings.put(
                "listeners",
                protocol + "://" + ports.bootstrap() + "," + CONTROLLER + "://" + ports.controllerAddress());
        settings.put("advertised.listeners", protocol + "://" + ports.bootstrap());
        settings.put("inter.broker.listener.name", protocol);
        settings.put("controller.listener.names", CONTROLLER);
        settings.put("listener.security.protocol.map", protocol + ":" + protocol + "," + CONTROLLER + ":PLAINTEXT");
        settings.put("log.dirs", data.toString());
        settings.put("auto.create.topics.enable", "false");
        settings.putAll(SMALL);
        settings.putAll(layout.several() ? REPLICATED : SINGLE);
        settings.putAll(QUICK);
        settings.putAll(layout.more());
        return settings;
    }

    /** The same for the controller on its own. */
    static Map<String, String> controller(Path data, BrokerFolder.Ports ports, BrokerLayout layout) {
        Map<String, String> settings = of(data, ports, layout);
        settings.put("process.roles", "controller");
        settings.put("listeners", CONTROLLER + "://" + ports.controllerAddress());
        settings.remove("advertised.listeners");
        settings.remove("inter.broker.listener.name");
        return settings;
    }
}
