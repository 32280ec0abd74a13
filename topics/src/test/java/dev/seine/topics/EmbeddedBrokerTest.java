package dev.seine.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.seine.event.Question;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedBrokerTest {
    @TempDir
    private Path dir;

    @Test
    void aKilledBrokerComesBackAtItsAddressWithAllThatWasAcknowledged() {
        Path log = dir.resolve("broker.log");
        try (EmbeddedBroker first = EmbeddedBroker.child(dir.resolve("broker"), log);
                EmbeddedRegistry registry = EmbeddedRegistry.start(first.bootstrap());
                Clients clients = new Clients(Connection.of(first.bootstrap(), registry.url()));
                EventProducer producer = clients.producer("test")) {
            clients.createTopics();
            producer.send(Topics.QUESTIONS, "before", Questions.of("before")).join();
            kill(first);
            try (EmbeddedBroker second = EmbeddedBroker.child(dir.resolve("broker"), log)) {
                assertThat(second.bootstrap()).isEqualTo(first.bootstrap());
                // The same producer goes on, through the same registry.
                producer.send(Topics.QUESTIONS, "after", Questions.of("after")).join();
                try (EventConsumer<Question> consumer = clients.assign(Topics.QUESTIONS, "reader")) {
                    List<String> keys = new ArrayList<>();
                    await().atMost(Duration.ofSeconds(30)).until(() -> {
                        consumer.poll(Duration.ofMillis(100)).forEach(event -> keys.add(event.key()));
                        return keys.size() == 2;
                    });
                    assertThat(keys).containsExactlyInAnyOrder("before", "after");
                }
            }
        }
    }

    @Test
    void aBrokerEndsWithItsParentHoweverThatEnds() throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerParent.class.getName(),
                        dir.resolve("broker").toString(),
                        dir.resolve("broker.log").toString())
                .redirectError(dir.resolve("parent.log").toFile())
                .start();
        var lines = new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8));
        ProcessHandle broker =
                ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();
        assertThat(broker.isAlive()).isTrue();
        parent.destroyForcibly().waitFor();
        await().atMost(Duration.ofSeconds(30)).until(() -> !broker.isAlive());
    }

    @Test
    void aTakenPortIsReplaced() throws Exception {
        BrokerFolder folder = new BrokerFolder(Files.createDirectories(dir.resolve("broker")));
        BrokerFolder.Ports first = folder.ports(true);
        assertThat(folder.ports(true)).isEqualTo(first);
        try (ServerSocket taken = new ServerSocket(first.broker(), 1, InetAddress.getLoopbackAddress())) {
            assertThat(taken.isBound()).isTrue();
            BrokerFolder.Ports second = folder.ports(true);
            assertThat(second.broker()).isNotEqualTo(first.broker());
            assertThat(folder.ports(true)).isEqualTo(second);
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "x");
        assertThatThrownBy(() -> EmbeddedBroker.start(file.resolve("broker")))
                .hasMessageContaining("broker folder " + file.resolve("broker") + " cannot be written");
        assertThatThrownBy(() -> EmbeddedBroker.child(dir.resolve("broker"), file.resolve("log")))
                .hasMessageContaining("cannot start a broker with its log in " + file.resolve("log"));
    }

    @Test
    void aFolderInUseIsRefused() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("broker"))) {
            assertThat(broker.alive()).isTrue();
            assertThatThrownBy(() -> EmbeddedBroker.child(dir.resolve("broker"), dir.resolve("log")))
                    .hasMessageContaining("is in use by another broker");
        }
    }

    private static void kill(EmbeddedBroker broker) {
        ProcessHandle process = ProcessHandle.of(broker.pid()).orElseThrow();
        process.destroyForcibly();
        await().atMost(Duration.ofSeconds(5)).until(() -> !broker.alive());
    }
}
