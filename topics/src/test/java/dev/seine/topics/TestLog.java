package dev.seine.topics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;

/** One broker and one registry for all tests of this JVM, and topics that no other test uses. */
final class TestLog {
    private static final EmbeddedBroker BROKER = EmbeddedBroker.start(folder());
    private static final EmbeddedRegistry REGISTRY = EmbeddedRegistry.start(BROKER.bootstrap());

    private TestLog() {}

    static Connection connection() {
        return Connection.of(BROKER.bootstrap(), REGISTRY.url());
    }

    static EmbeddedBroker broker() {
        return BROKER;
    }

    /** A new topic of as many partitions, made on the broker. */
    static <V extends SpecificRecord> Topic<V> fresh(Clients clients, Class<V> type, int partitions) {
        String name = type.getSimpleName() + "-" + UUID.randomUUID();
        Creation.createOne(clients.admin(), name, partitions, Retention.DAYS);
        return new Topic<>(name, type, partitions, Retention.DAYS);
    }

    private static Path folder() {
        try {
            Path dir = Files.createTempDirectory("seine-broker");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(dir)));
            return dir;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void stop(Path dir) {
        REGISTRY.close();
        BROKER.close();
        try (var files = Files.walk(dir)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
