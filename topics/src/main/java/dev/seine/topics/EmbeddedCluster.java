package dev.seine.topics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/**
 * Three real brokers in this process, each with its own folder: every record has three replicas and counts as written when
 * two have it, so that any one broker may be away.
 */
public final class EmbeddedCluster implements AutoCloseable {
    private static final int NODES = 3;

    private final Path dir;
    private final Map<Integer, BrokerLayout> layouts = new TreeMap<>();
    private final Map<Integer, EmbeddedBroker> brokers = new TreeMap<>();
    private final String bootstrap;

    private EmbeddedCluster(Path dir) {
        this.dir = dir.toAbsolutePath();
        String clusterId = Uuid.randomUuid().toString();
        Map<Integer, Integer> controllers = new TreeMap<>();
        List<String> addresses = new ArrayList<>();
        for (int node = 1; node <= NODES; node++) {
            folder(node).check();
            BrokerFolder.Ports ports = folder(node).ports(true);
            controllers.put(node, ports.controller());
            addresses.add(ports.bootstrap());
        }
        for (int node = 1; node <= NODES; node++) {
            layouts.put(node, new BrokerLayout(node, clusterId, Map.copyOf(controllers), "PLAINTEXT", Map.of()));
        }
        bootstrap = String.join(",", addresses);
    }

    /** Starts three brokers whose data are in this folder. */
    public static EmbeddedCluster start(Path dir) {
        EmbeddedCluster cluster = new EmbeddedCluster(dir);
        // Together: a broker is up only when most of them are.
        Map<Integer, CompletableFuture<EmbeddedBroker>> starting = cluster.layouts.keySet().stream()
                .collect(Collectors.toMap(
                        node -> node,
                        node -> CompletableFuture.supplyAsync(() -> cluster.launch(node), EmbeddedCluster::onThread)));
        starting.forEach((node, broker) -> cluster.brokers.put(node, broker.join()));
        return cluster;
    }

    /** Addresses of all brokers. */
    public String bootstrap() {
        return bootstrap;
    }

    /** Stops one broker, 1 to 3. */
    public void stop(int node) {
        Objects.requireNonNull(brokers.remove(node), () -> "broker " + node + " is not running")
                .close();
    }

    /** Starts it again. */
    public void start(int node) {
        brokers.put(node, launch(node));
    }

    @Override
    public void close() {
        brokers.values().stream()
                .map(broker -> CompletableFuture.runAsync(broker::close, EmbeddedCluster::onThread))
                .toList()
                .forEach(CompletableFuture::join);
    }

    private EmbeddedBroker launch(int node) {
        return LocalBroker.start(folder(node), Objects.requireNonNull(layouts.get(node), () -> "no broker " + node));
    }

    private static void onThread(Runnable task) {
        new Thread(task, "broker").start();
    }

    private BrokerFolder folder(int node) {
        return new BrokerFolder(dir.resolve("broker-" + node));
    }
}
