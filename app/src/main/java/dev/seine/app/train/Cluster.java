package dev.seine.app.train;

import dev.seine.event.Rejection;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka cluster of a run: either the one that the user names, or a broker in a child process and a registry in this
 * one, with their data in the run folder. All topics exist once it is open.
 */
public final class Cluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    private static final String REGISTRY_PORT = "registry-port";

    private final Optional<EmbeddedBroker> broker;
    private final Optional<EmbeddedRegistry> registry;
    private final Clients clients;

    private Cluster(Optional<EmbeddedBroker> broker, Optional<EmbeddedRegistry> registry, Clients clients) {
        this.broker = broker;
        this.registry = registry;
        this.clients = clients;
    }

    /**
     * Opens the cluster.
     *
     * @param bootstrap brokers to use; empty starts one
     * @param registryUrl registry to use; empty starts one
     */
    static Cluster open(RunFolder folder, String bootstrap, String registryUrl, Map<String, String> properties) {
        return open(folder, bootstrap, registryUrl, properties, Telemetry.none());
    }

    /** The same for clients that tell of their work. */
    static Cluster open(
            RunFolder folder,
            String bootstrap,
            String registryUrl,
            Map<String, String> properties,
            Telemetry telemetry) {
        check(bootstrap, registryUrl, properties);
        return join(folder, bootstrap, registryUrl, properties, telemetry);
    }

    /** The same for a role among others: it waits a while for brokers that do not answer yet, or not at present. */
    static Cluster join(
            RunFolder folder,
            String bootstrap,
            String registryUrl,
            Map<String, String> properties,
            Telemetry telemetry) {
        Optional<EmbeddedBroker> broker = Optional.empty();
        Optional<EmbeddedRegistry> registry = Optional.empty();
        try {
            if (bootstrap.isEmpty()) {
                broker = Optional.of(
                        EmbeddedBroker.child(folder.broker(), folder.logs().resolve("broker.log")));
            }
            String brokers = broker.map(EmbeddedBroker::bootstrap).orElse(bootstrap);
            if (registryUrl.isEmpty()) {
                Connection connection = new Connection(brokers, "", properties);
                registry = Optional.of(
                        bootstrap.isEmpty() ? registry(folder, connection) : EmbeddedRegistry.start(connection));
            }
            String url = registry.map(EmbeddedRegistry::url).orElse(registryUrl);
            Cluster cluster =
                    new Cluster(broker, registry, new Clients(new Connection(brokers, url, properties), telemetry));
            cluster.clients.createTopics();
            return cluster;
        } catch (RuntimeException e) {
            registry.ifPresent(EmbeddedRegistry::close);
            broker.ifPresent(EmbeddedBroker::close);
            throw e;
        }
    }

    /** Joins the run in progress through its own broker and registry; where none is, starts them. */
    static Cluster attach(RunFolder folder, Map<String, String> properties, Telemetry telemetry) {
        Optional<String> running = EmbeddedBroker.running(folder.broker());
        if (running.isEmpty()) {
            return join(folder, "", "", properties, telemetry);
        }
        Path port = folder.broker().resolve(REGISTRY_PORT);
        try {
            String url = "http://127.0.0.1:" + Files.readString(port).strip();
            return join(folder, running.get(), url, properties, telemetry);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "a broker runs in " + folder.broker() + " and no registry beside it: " + port + " cannot be read",
                    e);
        }
    }

    /**
     * Opens the cluster of a run that was begun, for reading only: nothing is created or written. A run in progress is read through its own
     * broker.
     *
     * @param bootstrap brokers to use; empty takes the run folder's, and starts it unless it runs
     * @param registryUrl registry to use; empty starts one
     * @param refused told of records that cannot be decoded
     * @throws IllegalArgumentException if there is neither a cluster nor a log in the run folder
     */
    public static Cluster observe(
            RunFolder folder,
            String bootstrap,
            String registryUrl,
            Map<String, String> properties,
            Consumer<Rejection> refused) {
        Optional<EmbeddedBroker> broker = Optional.empty();
        Optional<EmbeddedRegistry> registry = Optional.empty();
        try {
            Optional<String> running =
                    bootstrap.isEmpty() ? EmbeddedBroker.running(folder.broker()) : Optional.of(bootstrap);
            if (running.isEmpty()) {
                if (!Files.isDirectory(folder.broker())) {
                    throw new IllegalArgumentException("no log in " + folder.broker()
                            + ": name the folder of a run with --run or a cluster with --bootstrap");
                }
                broker = Optional.of(
                        EmbeddedBroker.child(folder.broker(), folder.logs().resolve("broker.log")));
            }
            String brokers =
                    broker.map(EmbeddedBroker::bootstrap).or(() -> running).orElseThrow();
            check(bootstrap, registryUrl, properties);
            if (registryUrl.isEmpty()) {
                registry = Optional.of(EmbeddedRegistry.start(new Connection(brokers, "", properties)));
            }
            String url = registry.map(EmbeddedRegistry::url).orElse(registryUrl);
            return new Cluster(broker, registry, Clients.observer(new Connection(brokers, url, properties), refused));
        } catch (RuntimeException e) {
            registry.ifPresent(EmbeddedRegistry::close);
            broker.ifPresent(EmbeddedBroker::close);
            throw e;
        }
    }

    /** Makes sure that a cluster which the user names is there, before anything is spent on a run. */
    static void check(String bootstrap, String registryUrl, Map<String, String> properties) {
        if (!bootstrap.isEmpty()) {
            try (Clients probe = new Clients(new Connection(bootstrap, registryUrl, properties))) {
                probe.check(Clients.PATIENCE);
            }
        }
    }

    /** On last time's port if it is free, so that roles which outlive a registry find the next one. */
    private static EmbeddedRegistry registry(RunFolder folder, Connection connection) {
        Path file = folder.broker().resolve(REGISTRY_PORT);
        if (Files.exists(file)) {
            try {
                return EmbeddedRegistry.start(
                        connection, Integer.parseInt(Files.readString(file).strip()));
            } catch (IllegalStateException | IOException | NumberFormatException e) {
                LOG.info("the registry gets another port than last time: {}", e.getMessage());
            }
        }
        EmbeddedRegistry registry = EmbeddedRegistry.start(connection);
        RunFolder.write(file, registry.url().replaceAll(".*:", ""));
        return registry;
    }

    /** False once the embedded broker has ended; true where there is none. */
    boolean brokerAlive() {
        return broker.map(EmbeddedBroker::alive).orElse(true);
    }

    /** Its clients; they are closed with it. */
    public Clients clients() {
        return clients;
    }

    Connection connection() {
        return clients.connection();
    }

    /** Process id of the embedded broker, if there is one. */
    Optional<Long> brokerPid() {
        return broker.map(EmbeddedBroker::pid);
    }

    @Override
    public void close() {
        clients.close();
        registry.ifPresent(EmbeddedRegistry::close);
        broker.ifPresent(EmbeddedBroker::close);
    }
}
