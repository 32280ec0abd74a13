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
    void transactionsThatABrokerFoundOpenWhenItCameBackHoldNoReaderUp() {
        Path log = dir.resolve("broker.log");
        EmbeddedBroker first = EmbeddedBroker.child(dir.resolve("broker"), log);
        try (EmbeddedRegistry registry = EmbeddedRegistry.start(first.bootstrap());
                Clients clients = new Clients(Connection.of(first.bootstrap(), registry.url()));
                EventProducer producer = clients.producer("plain")) {
            clients.createTopics();
            // Its time is over when the broker comes back, which then has to end it.
            FencedProducer dies = clients.fenced("dies", "dies", Duration.ofSeconds(1));
            for (int partition = 0; partition < Topics.QUESTIONS.partitions(); partition++) {
                dies.send(Topics.QUESTIONS, partition, "open", Questions.of("open"));
            }
            dies.flush();
            kill(first);
            try (EmbeddedBroker second = EmbeddedBroker.child(dir.resolve("broker"), log)) {
                assertThat(second.bootstrap()).isEqualTo(first.bootstrap());
                for (int partition = 0; partition < Topics.QUESTIONS.partitions(); partition++) {
                    producer.send(Topics.QUESTIONS, partition, "after" + partition, Questions.of("after"));
                }
                producer.flush();
                try (EventConsumer<Question> consumer = clients.assign(Topics.QUESTIONS, "reader")) {
                    List<String> keys = new ArrayList<>();
                    await().atMost(Duration.ofSeconds(30)).until(() -> {
                        consumer.poll(Duration.ofMillis(100)).forEach(event -> keys.add(event.key()));
                        return keys.size() == Topics.QUESTIONS.partitions();
                    });
                    assertThat(keys).allMatch(key -> key.startsWith("after"));
                }
                dies.abort(); // it learns that it was cut off, and begins anew
                dies.close();
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
