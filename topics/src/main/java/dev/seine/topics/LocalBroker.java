package dev.seine.topics;

import java.net.BindException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** A broker in this process; with {@link Predecessor} the one place that knows Kafka's server, whose API is internal. */
final class LocalBroker implements EmbeddedBroker {
    private static final int ATTEMPTS = 3;

    private final KafkaRaftServer server;
    private final String bootstrap;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private LocalBroker(KafkaRaftServer server, String bootstrap) {
        this.server = server;
        this.bootstrap = bootstrap;
    }

    static LocalBroker start(BrokerFolder folder) {
        return start(folder, BrokerLayout.single(Uuid.randomUuid().toString(), "PLAINTEXT", Map.of()));
    }

    static LocalBroker start(BrokerFolder folder, BrokerLayout layout) {
        folder.check();
        boolean killed = folder.killed();
        folder.format(layout);
        for (int attempt = 1; ; attempt++) {
            BrokerFolder.Ports ports = folder.ports(attempt == 1);
            try {
                if (killed && !layout.several()) {
                    Predecessor.withdraw(folder, ports, layout);
                }
                return new LocalBroker(started(BrokerSettings.of(folder.data(), ports, layout)), ports.bootstrap());
            } catch (RuntimeException e) {
                if (attempt == ATTEMPTS || layout.several() || !portTaken(e)) {
                    throw new IllegalStateException(
                            "the broker in " + folder.dir() + " at " + ports.bootstrap() + " did not start: " + e, e);
                }
            }
        }
    }

    /** A server with these settings; one that does not come up is stopped again. */
    static KafkaRaftServer started(Map<String, String> settings) {
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
        try {
            server.startup();
            return server;
        } catch (RuntimeException e) {
            server.shutdown();
            throw e;
        }
    }

    @Override
    public String bootstrap() {
        return bootstrap;
    }

    @Override
    public long pid() {
        return ProcessHandle.current().pid();
    }

    @Override
    public boolean alive() {
        return open.get();
    }

    @Override
    public void close() {
        if (open.getAndSet(false)) {
            server.shutdown();
            server.awaitShutdown();
        }
    }

    /** Between finding a port free and binding it, somebody else may take it. */
    private static boolean portTaken(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException
                    || String.valueOf(cause.getMessage()).contains("to bind")) {
                return true;
            }
        }
        return false;
    }
}
