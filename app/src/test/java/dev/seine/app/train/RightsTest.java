package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.seine.app.Loop;
import dev.seine.app.rewrite.FakeEndpoint;
import dev.seine.app.rewrite.Searched;
import dev.seine.event.LearnerStep;
import dev.seine.event.MemorySample;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.StepPhase;
import dev.seine.learner.Learner;
import dev.seine.policy.Decoder;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Tokenizer;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Rights;
import dev.seine.topics.Role;
import dev.seine.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run on a broker with Kafka's own authorizer, every role a user with the rights that are documented and no others. */
class RightsTest {
    private static final String ADMIN = "admin";

    @TempDir
    private Path dir;

    @Test
    void everyRoleWorksWithItsOwnRightsAndHasNoOthers() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("kafka"), "SASL_PLAINTEXT", guarded())) {
            RunOptions options = new RunOptions();
            options.run = dir.resolve("run");
            options.settings = EndToEndTest.SMALL;
            RunFolder folder = options.folder().create();
            RunConfig config = options.fresh(List.of());
            new Preparation(folder, config, line -> {}).run(null, null, null);
            new ColdStartStage(folder, config, new SilentView(), () -> false).run(new Stopwatch());
            Connection admin = new Connection(broker.bootstrap(), "", as(ADMIN));
            try (Clients clients = new Clients(admin)) {
                clients.createTopics();
                for (Map.Entry<String, Rights> role : Rights.BY_ROLE.entrySet()) {
                    clients.admin()
                            .createAcls(role.getValue().rules(config.run().policy(), role.getKey()))
                            .all()
                            .get();
                }
            }
            Connection registrar = new Connection(broker.bootstrap(), "", as("registry"));
            awaitRights(registrar);
            try (EmbeddedRegistry registry = EmbeddedRegistry.start(registrar);
                    Clients clients = new Clients(new Connection(broker.bootstrap(), registry.url(), as(ADMIN)))) {
                train(folder, config, broker.bootstrap(), registry.url());
                try (EventConsumer<LearnerStep> steps = clients.assign(Topics.LEARNER_STEPS, "test")) {
                    assertThat(steps.readToEnd())
                            .filteredOn(event -> event.value().getPhase() == StepPhase.APPLIED)
                            .hasSize(config.rl().steps());
                }
                rewrite(folder, options, clients, broker.bootstrap(), registry.url());
                refused(broker.bootstrap(), registry.url());
            }
        }
    }

    private static void train(RunFolder folder, RunConfig config, String bootstrap, String registry)
            throws InterruptedException, IOException {
        Map<String, Cluster> clusters = new HashMap<>();
        try (Tokenizer tokenizer = Tokenizer.load(folder.tokenizer());
                Decoder decoder = Decoder.load(folder.coldStartWeights(), ModelConfig.read(folder.modelConfig()))) {
            for (String role : Rights.BY_ROLE.keySet()) {
                awaitRights(new Connection(bootstrap, registry, as(role)));
                clusters.put(role, Cluster.open(folder, bootstrap, registry, byFile(folder, role)));
            }
            Map<String, Roles> roles = new HashMap<>();
            clusters.forEach((role, cluster) -> roles.put(role, new Roles(folder, config, cluster.clients(), 1)));
            Learner learner = roles.get("learn").learner(decoder, tokenizer);
            List<Role> all = List.of(
                    roles.get("publish").publisher(),
                    roles.get("retrieve").retrieval("retrieval-1"),
                    roles.get("generate").limited(roles.get("generate").generator("generator-1", tokenizer)),
                    roles.get("score").rewards("rewards-1"),
                    roles.get("learn").limited(learner));
            try (Loop loop = Loop.start(all, Duration.ofSeconds(30))) {
                loop.await(learner::done, () -> {}, Duration.ofMillis(50));
            }
        } finally {
            clusters.values().forEach(Cluster::close);
        }
    }

    /** All that was scored, and a group that is worth rewriting, whatever the policy has learnt. */
    private static void rewrite(
            RunFolder folder, RunOptions options, Clients clients, String bootstrap, String registry)
            throws IOException {
        try (FakeEndpoint endpoint = new FakeEndpoint(
                        FakeEndpoint.says("<internal> The capital of France is Paris. </internal> \\boxed{ Paris }"));
                Cluster cluster = Cluster.open(folder, bootstrap, registry, byFile(folder, "rewrite"));
                EventProducer producer = clients.producer("test");
                EventConsumer<MemorySample> samples = clients.assign(Topics.MEMORY_SAMPLES, "test")) {
            ScoredTrajectory scored = Searched.trajectory(0);
            producer.send(Topics.SCORED_TRAJECTORIES, scored.getTrajectory().getGroupId(), scored);
            producer.flush();
            RunConfig config = options.fresh(
                    List.of("rewrite.rewriter=llm", "rewrite.model=any", "rewrite.url=" + endpoint.url()));
            Set<String> written = new HashSet<>();
            try (Role rewriter =
                    new Roles(folder, config, cluster.clients(), 1).rewriter().orElseThrow()) {
                await().atMost(Duration.ofSeconds(60)).until(() -> {
                    rewriter.step();
                    samples.poll(Duration.ZERO)
                            .forEach(event -> written.add(event.value().getSampleId()));
                    return written.contains("q0@0#0/llm");
                });
            }
        }
    }

    /** The controller has the rules at once, the broker a moment later. */
    private static void awaitRights(Connection connection) {
        try (Clients probe = new Clients(connection)) {
            await().until(() -> probe.sizes().topics().size() == Topics.ALL.size());
        }
    }

    /** Who answers searches cannot write the learner's log. */
    private static void refused(String bootstrap, String registry) {
        try (Clients retrieval = new Clients(new Connection(bootstrap, registry, as("retrieve")));
                EventProducer producer = retrieval.producer("test")) {
            producer.sendBytes(Topics.LEARNER_STEPS, 0, new byte[1], new byte[1]);
            assertThatThrownBy(producer::flush).hasMessageContaining("TopicAuthorizationException");
        }
    }

    private static Map<String, String> guarded() {
        StringBuilder users = new StringBuilder(login(ADMIN))
                .append(" user_admin=\"")
                .append(ADMIN)
                .append('"');
        Rights.BY_ROLE.keySet().forEach(role -> users.append(" user_")
                .append(role)
                .append("=\"")
                .append(role)
                .append('"'));
        return Map.of(
                "sasl.enabled.mechanisms", "PLAIN",
                "sasl.mechanism.inter.broker.protocol", "PLAIN",
                "listener.name.sasl_plaintext.plain.sasl.jaas.config",
                        users.append(';').toString(),
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users", "User:admin;User:ANONYMOUS"); // the controller's listener is the broker's own
    }

    /** Each user's password is its name. */
    private static Map<String, String> as(String user) {
        return Map.of(
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", login(user) + ";");
    }

    /** The same, with the login in a file, as secrets are handed to containers; Kafka's own clients read it. */
    private static Map<String, String> byFile(RunFolder folder, String user) throws IOException {
        Path secret = Files.createDirectories(folder.root().resolve("secret-" + user));
        RunFolder.write(secret.resolve("sasl.jaas.config"), login(user) + ";");
        Map<String, String> settings = new HashMap<>(as(user));
        settings.put("sasl.jaas.config", "${dir:" + secret.toAbsolutePath() + ":sasl.jaas.config}");
        settings.put("config.providers", "dir");
        settings.put("config.providers.dir.class", "org.apache.kafka.common.config.provider.DirectoryConfigProvider");
        return settings;
    }

    private static String login(String user) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + user + "\" password=\""
                + user + "\"";
    }
}
