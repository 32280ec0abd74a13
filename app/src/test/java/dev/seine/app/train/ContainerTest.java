package dev.seine.app.train;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/** The whole run on the Kafka that everybody runs, in a container of its own. */
class ContainerTest {
    private static final String IMAGE = "apache/kafka:4.3.1";

    @TempDir
    private Path dir;

    @Test
    void aRunTrainsOnKafkaInAContainer() throws Exception {
        assumeTrue(
                DockerClientFactory.instance().isDockerAvailable(),
                "skipped: there is no Docker here to start " + IMAGE + " with");
        try (KafkaContainer kafka = new KafkaContainer(IMAGE)) {
            kafka.start();
            EndToEndTest.trainsAndAccounts(kafka.getBootstrapServers(), dir.resolve("run"));
        }
    }
}
