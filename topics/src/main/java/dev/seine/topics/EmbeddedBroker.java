package dev.seine.topics;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * A real Kafka broker of one node, on the loopback interface, with its data in a folder. A broker that is started on the
 * folder of an earlier one has its data, and its address too unless somebody else has taken the port.
 */
public interface EmbeddedBroker extends AutoCloseable {
    /** How long a start may take. */
    Duration START = Duration.ofSeconds(60);

    /**
     * Starts a broker in this process: for tests, since Kafka halts the whole process on faults such as a full disk.
     *
     * @throws IllegalStateException if the folder cannot be used or the broker does not start; the message says why
     */
    static EmbeddedBroker start(Path dir) {
        return LocalBroker.start(new BrokerFolder(dir.toAbsolutePath()));
    }

    /**
     * Starts a broker in this process that is spoken to as a secured one is.
     *
     * @param protocol SSL, SASL_PLAINTEXT or SASL_SSL
     * @param settings of the broker, such as its key store or its authorizer, over all others
     */
    static EmbeddedBroker start(Path dir, String protocol, Map<String, String> settings) {
        return LocalBroker.start(
                new BrokerFolder(dir.toAbsolutePath()),
                BrokerLayout.single(Uuid.randomUuid().toString(), protocol, settings));
    }

    /**
     * Starts a broker in a child process with this process's class path; it ends with this process, however that ends.
     *
     * @param log file that the broker's messages are appended to
     * @throws IllegalStateException if the folder cannot be used or the broker does not start; the message says why
     */
    static EmbeddedBroker child(Path dir, Path log) {
        return ChildBroker.start(new BrokerFolder(dir.toAbsolutePath()), log.toAbsolutePath());
    }

    /** Address of the broker that works in this folder at present, started by whichever process, if one does. */
    static Optional<String> running(Path dir) {
        return new BrokerFolder(dir.toAbsolutePath()).running();
    }

    /** Its address, {@code host:port}. */
    String bootstrap();

    /** Id of its process. */
    long pid();

    /** False once it has stopped, for whatever reason. */
    boolean alive();

    /** Stops it in order and waits until it has. */
    @Override
    void close();
}
