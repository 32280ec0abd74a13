package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.seine.app.operations.Operations;
import dev.seine.app.operations.Scrape;
import dev.seine.app.promote.Decisions;
import dev.seine.app.promote.Decisions.Compared;
import dev.seine.app.promote.Figures;
import dev.seine.app.promote.KeptWeights;
import dev.seine.event.Promotion;
import dev.seine.event.PromotionDecision;
import dev.seine.event.WeightsPublished;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Sha256;
import dev.seine.policy.store.LocalStore;
import dev.seine.policy.store.RunStore;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Version n of the weights is the text "n"; what it achieves is given. Every tenth version is a candidate. */
class PromotionGateTest {
    private static final Map<Long, Figures> ACHIEVED = Map.of(
            0L, new Figures(100, 0.50, 3.0),
            10L, new Figures(100, 0.70, 2.0),
            20L, new Figures(100, 0.60, 1.0),
            30L, new Figures(100, 0.80, 1.2));

    @TempDir
    private Path dir;

    private RunFolder folder;
    private EmbeddedBroker broker;
    private EmbeddedRegistry registry;
    private Operations operations;
    private Clients clients;
    private final AtomicLong now = new AtomicLong(1_000);

    @BeforeEach
    void open() throws Exception {
        folder = new RunFolder(dir.resolve("run")).create();
        new ModelConfig(8, 4, 8, 1, 1, 1, 4, 16, 10_000, 1e-6, true, true).write(folder.modelConfig());
        Files.writeString(folder.tokenizer(), "{}");
        broker = EmbeddedBroker.start(dir.resolve("kafka"));
        registry = EmbeddedRegistry.start(broker.bootstrap());
        operations = Operations.on("127.0.0.1", 0);
        clients = new Clients(Connection.of(broker.bootstrap(), registry.url()), operations.telemetry());
        clients.createTopics();
    }

    @AfterEach
    void close() {
        clients.close();
        registry.close();
        broker.close();
        operations.close();
    }

    @Test
    void onlyWhatIsNoWorseServesAndRollingBackGoesToWhatServedBefore() throws Exception {
        try (PromotionGate gate = gate("promotion.every=10");
                Decisions decisions = decisions()) {
            assertThatThrownBy(() -> decisions.rollBack("operator", ""))
                    .hasMessageContaining("there is nothing to roll back");
            for (long version : List.of(0L, 10L, 20L, 30L)) {
                publish(version);
                awaitDecision(gate, decisions);
                Files.delete(folder.weights(version)); // as the learner prunes
            }
            assertThat(decisions.all())
                    .extracting(Promotion::getVersion, Promotion::getDecision)
                    .containsExactly(
                            tuple(0, PromotionDecision.PROMOTED),
                            tuple(10, PromotionDecision.PROMOTED),
                            tuple(20, PromotionDecision.REFUSED), // 0.60 is below 0.70 - 0.02
                            tuple(30, PromotionDecision.PROMOTED));
            assertThat(served(decisions)).isEqualTo("30");
            decisions.rollBack("operator", "");
            assertThat(served(decisions)).isEqualTo("10");
            decisions.rollBack("operator", "");
            assertThat(served(decisions)).isEqualTo("0");
            assertThatThrownBy(() -> decisions.rollBack("operator", "")).hasMessageContaining("is the first");
        }
    }

    @Test
    void everyDecisionOfTheGateIsCounted() throws Exception {
        try (PromotionGate gate = gate("promotion.every=10");
                Decisions decisions = decisions()) {
            for (long version : List.of(0L, 10L, 20L)) {
                assertThat(counted("promoted") + counted("refused")).isEqualTo(version / 10);
                publish(version);
                awaitDecision(gate, decisions);
            }
            decisions.rollBack("operator", "not the gate's");
        }
        // 0.50 and 0.70 pass, 0.60 is below 0.70 - 0.02
        assertThat(counted("promoted")).isEqualTo(2);
        assertThat(counted("refused")).isEqualTo(1);
        assertThat(counted("canary")).isZero();
        assertThat(counted("rolled_back")).isZero();
    }

    private long counted(String decision) {
        return (long) Scrape.of(operations).sum("seine_gate_decisions_total", "decision=\"" + decision + "\"");
    }

    @Test
    void aCanaryServesWhenItsTimeIsOverUnlessItIsRolledBack() throws Exception {
        try (PromotionGate gate = gate("promotion.every=10", "promotion.canary-share=0.1", "promotion.canary-for=60s");
                Decisions decisions = decisions()) {
            publish(0);
            awaitDecision(gate, decisions); // nothing served before: it serves at once
            publish(10);
            awaitDecision(gate, decisions);
            Promotion canary = decisions.last().orElseThrow();
            assertThat(canary.getDecision()).isEqualTo(PromotionDecision.CANARY);
            assertThat(canary.getCanaryShare()).isEqualTo(0.1);
            assertThat(canary.getServing().getVersion()).isZero();
            publish(20);
            awaitDecision(gate, decisions); // 0.60 against 0.50 passes: the canary is now this one
            now.addAndGet(59_999);
            assertThat(gate.step()).isZero();
            now.addAndGet(1);
            assertThat(gate.step()).isEqualTo(1);
            decisions.refresh();
            assertThat(decisions.serving().orElseThrow().getVersion()).isEqualTo(20);
            publish(30);
            awaitDecision(gate, decisions);
            decisions.rollBack("operator", "people complain");
            assertThat(decisions.canary()).isEmpty();
            assertThat(decisions.serving().orElseThrow().getVersion()).isEqualTo(20);
            now.addAndGet(60_000);
            assertThat(gate.step()).isZero();
        }
    }

    @Test
    void aVersionThatServesIsKeptAndOthersAreNotForEver() throws Exception {
        try (PromotionGate gate = gate("promotion.every=10");
                Decisions decisions = decisions()) {
            decisions.promote(kept(0), "operator", "", Compared.NONE);
            for (int i = 0; i < 8; i++) {
                Files.writeString(folder.weights(20), "20 for the " + i + "th time");
                gate.consider(folder.weights(20), 20, "rl"); // 0.60 against 0.50 passes once, and then against itself
            }
            try (var files = Files.list(folder.promoted())) {
                assertThat(files.toList()).hasSizeLessThanOrEqualTo(8);
            }
            assertThat(served(decisions)).isEqualTo("20 for the 7th time");
        }
    }

    private WeightsPublished kept(long version) throws Exception {
        Files.writeString(folder.weights(version), Long.toString(version));
        return PromotionGate.kept(folder, "seine", store()).keep(folder.weights(version), version, "rl", 0);
    }

    private static org.assertj.core.groups.Tuple tuple(long version, PromotionDecision decision) {
        return org.assertj.core.groups.Tuple.tuple(version, decision);
    }

    private String served(Decisions decisions) throws Exception {
        decisions.refresh();
        return Files.readString(
                store().fetch(KeptWeights.pointer(decisions.serving().orElseThrow()))
                        .orElseThrow());
    }

    private PromotionGate gate(String... settings) {
        RunOptions options = new RunOptions();
        options.settings = List.of(settings);
        return new PromotionGate(
                clients,
                folder,
                options.fresh(List.of()),
                store(),
                weights -> ACHIEVED.get(weights.getVersion()),
                this::time);
    }

    private RunStore store() {
        return new LocalStore(folder.root());
    }

    private Decisions decisions() {
        return new Decisions(clients, "seine", this::time);
    }

    private Instant time() {
        return Instant.ofEpochMilli(now.get());
    }

    private static void awaitDecision(PromotionGate gate, Decisions decisions) {
        await().until(() -> gate.step() == 1);
        decisions.refresh();
    }

    private void publish(long version) throws Exception {
        Path file = folder.weights(version);
        Files.writeString(file, Long.toString(version));
        try (EventProducer producer = clients.producer("test")) {
            producer.send(
                    Topics.WEIGHTS,
                    "seine",
                    WeightsPublished.newBuilder()
                            .setPolicy("seine")
                            .setVersion(version)
                            .setStep(version)
                            .setStage("rl")
                            .setUri(file.toUri().toString())
                            .setBytes(Files.size(file))
                            .setSha256(Sha256.of(file))
                            .setConfigSha256("")
                            .setTokenizerSha256("")
                            .setAtMs(0)
                            .build());
        }
    }
}
