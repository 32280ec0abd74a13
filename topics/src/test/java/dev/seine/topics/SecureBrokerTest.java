package dev.seine.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.event.Question;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of client against a broker that speaks TLS only, or knows its users by password. */
class SecureBrokerTest {
    private static final String PASSWORD = "only-for-this-test";
    private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required";

    @TempDir
    Path dir;

    @Test
    void everyClientSpeaksTlsByConfigurationAlone() throws Exception {
        Path store = keyStore();
        Map<String, String> trust = Map.of(
                "security.protocol",
                "SSL",
                "ssl.truststore.location",
                store.toString(),
                "ssl.truststore.password",
                PASSWORD,
                "ssl.truststore.type",
                "PKCS12");
        try (EmbeddedBroker broker = EmbeddedBroker.start(
                dir.resolve("broker"),
                "SSL",
                Map.of(
                        "ssl.keystore.location",
                        store.toString(),
                        "ssl.keystore.password",
                        PASSWORD,
                        "ssl.keystore.type",
                        "PKCS12",
                        "ssl.truststore.location",
                        store.toString(),
                        "ssl.truststore.password",
                        PASSWORD,
                        "ssl.truststore.type",
                        "PKCS12"))) {
            everyClientWorks(broker, trust);
            try (Clients plain = new Clients(Connection.of(broker.bootstrap(), ""))) {
                assertThatThrownBy(() -> plain.check(Duration.ofSeconds(2)))
                        .hasMessageContaining("no broker at " + broker.bootstrap());
            }
        }
    }

    @Test
    void everyClientLogsInByConfigurationAlone() {
        String mechanism = "PLAIN";
        Map<String, String> settings = Map.of(
                "sasl.enabled.mechanisms",
                mechanism,
                "sasl.mechanism.inter.broker.protocol",
                mechanism,
                "listener.name.sasl_plaintext.plain.sasl.jaas.config",
                login("admin") + " user_admin=\"" + PASSWORD + "\" user_trainer=\"" + PASSWORD + "\";");
        try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("broker"), "SASL_PLAINTEXT", settings)) {
            everyClientWorks(broker, as("trainer", PASSWORD));
            try (Clients stranger = new Clients(new Connection(broker.bootstrap(), "", as("trainer", "guessed")))) {
                assertThatThrownBy(() -> stranger.check(Duration.ofSeconds(5)))
                        .hasMessageContaining("Invalid username or password");
            }
        }
    }

    @Test
    void everyClientLogsInWithAPasswordThatOnlyTheBrokersKeepSalted() throws Exception {
        Map<String, String> settings = Map.of(
                "sasl.enabled.mechanisms",
                "PLAIN,SCRAM-SHA-256",
                "sasl.mechanism.inter.broker.protocol",
                "PLAIN",
                "listener.name.sasl_plaintext.plain.sasl.jaas.config",
                login("admin") + " user_admin=\"" + PASSWORD + "\";",
                "listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config",
                SCRAM + ";");
        try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("broker"), "SASL_PLAINTEXT", settings)) {
            try (Clients admin = new Clients(new Connection(broker.bootstrap(), "", as("admin", PASSWORD)))) {
                admin.admin()
                        .alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                                "trainer", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), PASSWORD)))
                        .all()
                        .get();
            }
            everyClientWorks(broker, scram("trainer", PASSWORD));
            try (Clients stranger = new Clients(new Connection(broker.bootstrap(), "", scram("trainer", "guessed")))) {
                assertThatThrownBy(() -> stranger.check(Duration.ofSeconds(5)))
                        .hasMessageContaining("invalid credentials");
            }
        }
    }

    private static Map<String, String> scram(String user, String password) {
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "SCRAM-SHA-256",
                "sasl.jaas.config",
                SCRAM + " username=\"" + user + "\" password=\"" + password + "\";");
    }

    private static Map<String, String> as(String user, String password) {
        return Map.of(
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", login(user).replace(PASSWORD, password) + ";");
    }

    private static String login(String user) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + user + "\" password=\""
                + PASSWORD + "\"";
    }

    /** Admin, registry, producer, transactions and group members; what Streams gets is the same map. */
    private static void everyClientWorks(EmbeddedBroker broker, Map<String, String> properties) {
        Connection bare = new Connection(broker.bootstrap(), "", properties);
        try (EmbeddedRegistry registry = EmbeddedRegistry.start(bare);
                Clients clients = new Clients(new Connection(broker.bootstrap(), registry.url(), properties))) {
            clients.createTopics();
            try (EventProducer producer = clients.producer("plain");
                    FencedProducer fenced = clients.fenced("fenced", "fenced", Duration.ofSeconds(30));
                    EventConsumer<Question> member =
                            clients.subscribe(Topics.QUESTIONS, "group", "member", Assignments.IGNORED)) {
                producer.send(Topics.QUESTIONS, "a", Questions.of("a"));
                producer.flush();
                while (member.partitions().isEmpty()) {
                    member.poll(Duration.ofMillis(100));
                }
                fenced.send(Topics.QUESTIONS, "b", Questions.of("b"));
                assertThat(fenced.commit(member, Map.of(0, Bookmark.at(0)))).isTrue();
            }
            try (EventConsumer<Question> reader = clients.assign(Topics.QUESTIONS, "reader")) {
                assertThat(reader.readToEnd()).extracting(Event::key).containsExactlyInAnyOrder("a", "b");
            }
            assertThat(clients.sizes().topics()).isNotEmpty();
            assertThat(clients.streamsProperties("app", Path.of("state"))).containsAllEntriesOf(properties);
        }
    }

    /** A self-signed key for 127.0.0.1, made by the JDK's own tool. */
    private Path keyStore() throws IOException, InterruptedException {
        Path store = dir.resolve("broker.p12");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=broker",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD);
        assertThat(new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("keytool.log").toFile())
                        .start()
                        .waitFor())
                .isZero();
        return store;
    }
}
