package dev.seine.topics;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;

/**
 * The broker that worked in a folder before and was killed. It is still registered as alive, and leads every partition on paper. A broker that
 * started on that would end the transactions it finds while its predecessor's session expires; then all partitions are without a leader for
 * a moment, and Kafka 4.3 takes a transaction as ended in a partition that has none, without a marker in its log ({@code
 * TransactionMarkerChannelManager}, {@code KRaftMetadataCache.getPartitionLeaderEndpoint}). Readers of committed records would wait there for ever,
 * and of a transaction that was committed a part would never be seen.
 */
final class Predecessor {
    private Predecessor() {}

    /** Has the controller, on its own, withdraw the registration, so that the next broker leads nothing before it can be reached. */
    static void withdraw(BrokerFolder folder, BrokerFolder.Ports ports, BrokerLayout layout) {
        KafkaRaftServer controller = LocalBroker.started(BrokerSettings.controller(folder.data(), ports, layout));
        try (Admin admin = Admin.create(Map.of("bootstrap.controllers", ports.controllerAddress()))) {
            admin.unregisterBroker(layout.node()).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof BrokerIdNotRegisteredException)) { // it was killed before it was known
                throw new IllegalStateException(
                        "the controller in " + folder.dir() + " keeps the broker that was killed: " + e.getCause(),
                        e.getCause());
            }
        } catch (InterruptedException e) {
            throw Creation.interrupted(e);
        } finally {
            controller.shutdown();
            controller.awaitShutdown();
        }
    }
}
