package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.app.audit.AuditCommand;
import dev.seine.app.replay.ReplayCommand;
import dev.seine.app.replay.ReplayStepCommand;
import dev.seine.app.replay.WhyCommand;
import dev.seine.app.rescore.RescoreCommand;
import dev.seine.event.ScoredTrajectory;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.Topics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** One small real run, and then every way to look back at it, through the command line. */
class LookingBackTest {
    private static final int STEPS = 4;
    private static final List<String> SMALL = List.of(
            "atlas.training-questions=60",
            "atlas.evaluation-questions=6",
            "demonstrations.count=300",
            "model.hidden-size=32",
            "model.intermediate-size=64",
            "model.layers=1",
            "cold-start.steps=40",
            "rl.steps=" + STEPS,
            "rl.questions-per-step=2",
            "rl.group-size=4",
            "generate.slots=16",
            "generate.max-tokens=96",
            "learn.checkpoint.every=2");

    @TempDir
    private static Path dir;

    private static EmbeddedBroker broker;
    private static EmbeddedRegistry registry;

    private record Ran(int code, String out) {}

    @BeforeAll
    static void train() throws InterruptedException {
        broker = EmbeddedBroker.start(dir.resolve("kafka"));
        registry = EmbeddedRegistry.start(broker.bootstrap());
        RunOptions options = new RunOptions();
        options.run = dir.resolve("run");
        options.bootstrap = broker.bootstrap();
        options.registry = registry.url();
        options.settings = SMALL;
        RunFolder folder = options.folder().create();
        RunConfig config = options.fresh(List.of());
        SilentView view = new SilentView();
        new Preparation(folder, config, view::say).run(null, null, null);
        new ColdStartStage(folder, config, view, () -> false).run(new Stopwatch());
        try (Cluster cluster = Cluster.open(folder, broker.bootstrap(), registry.url(), Map.of())) {
            RlStage.Outcome outcome = new RlStage(folder, config, cluster, view, new Resident(Optional.empty()))
                    .run(() -> false, new Stopwatch());
            assertThat(outcome.version()).isEqualTo(STEPS);
        }
    }

    @AfterAll
    static void stop() {
        registry.close();
        broker.close();
    }

    @Test
    void theAuditHoldsAndSaysSoInJson() throws Exception {
        Path out = dir.resolve("audit.json");
        Ran ran = run(new AuditCommand(), "--out", out.toString());

        assertThat(ran.code()).as(ran.out()).isZero();
        assertThat(ran.out()).contains("0 lost", "0 trained twice", "every invariant holds");
        JsonNode json = new ObjectMapper().readTree(out.toFile());
        assertThat(json.path("holds").asBoolean()).isTrue();
        assertThat(json.path("counts").path("steps applied").asInt()).isEqualTo(STEPS);
    }

    @Test
    void rescoringByTheRunsOwnRewardsGivesTheSameBytes() throws Exception {
        Path out = dir.resolve("rescored");
        Ran ran = run(new RescoreCommand(), "--out", out.toString());
        assertThat(ran.code()).as(ran.out()).isZero();

        int records = 0;
        try (Clients clients = new Clients(Connection.of(broker.bootstrap(), registry.url()));
                KafkaConsumer<byte[], byte[]> log = rawLog()) {
            for (TopicPartition partition : partitions(log)) {
                List<byte[]> recorded = raw(log, partition);
                List<byte[]> again = file(clients, out.resolve(partition + ".avro"), recorded.isEmpty());
                assertThat(again).hasSameSizeAs(recorded);
                for (int i = 0; i < recorded.size(); i++) {
                    assertThat(again.get(i)).as("%s, record %d", partition, i).isEqualTo(recorded.get(i));
                }
                records += recorded.size();
            }
        }
        assertThat(records).isGreaterThanOrEqualTo(STEPS * 2 * 4);
    }

    @Test
    void otherRewardsShowWhatTheyChange() {
        Ran ran = run(new RescoreCommand(), "--recipe", "vanilla-rl", "--set", "reward.format-penalty=-1");

        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("recipe vanilla-rl").containsPattern("total +[+-]");
    }

    @Test
    void stepsDoneAgainAreExact() {
        Ran whole = run(new ReplayStepCommand(), "1.." + STEPS, "--whole");
        assertThat(whole.out()).contains(STEPS + " of " + STEPS + " steps exactly as recorded");
        assertThat(whole.code()).isZero();

        Ran kept = run(
                new ReplayStepCommand(), "2", "--set", "learn.loss.clip-high=0.01", "--set", "learn.advantage=rloo");
        assertThat(kept.out()).contains("changed", "1 of 1 steps exactly as recorded");

        assertThat(run(new ReplayStepCommand(), "2", "--tolerance", "0.001").out())
                .contains("1 of 1 steps as recorded within 0.001");
    }

    @Test
    void whatIsSoughtIsFoundAndTraced() throws Exception {
        Ran listed = run(new ReplayCommand(), "--step", "2", "--json", "--limit", "100");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : listed.out().lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertThat(lines).hasSize(2 * 4).allMatch(line -> line.path("step").asInt() == 2);
        String rollout =
                lines.get(0).path("scored").path("trajectory").path("rolloutId").asText();

        assertThat(run(new ReplayCommand(), "--rollout", rollout, "--tokens").out())
                .contains("reward", "rule markup", "log-prob");
        assertThat(run(new WhyCommand(), "--rollout", rollout).out()).contains("by step 2", "sha256");
        assertThat(run(new WhyCommand(), "--step", "2").out())
                .contains("from weights", "version 1", "out of the records");
        assertThat(run(new ReplayCommand(), "--rollout", "nobody@0#0").code()).isOne();
    }

    private static KafkaConsumer<byte[], byte[]> rawLog() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> log) {
        return log.partitionsFor(Topics.SCORED_TRAJECTORIES.name()).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList();
    }

    private static List<byte[]> raw(KafkaConsumer<byte[], byte[]> log, TopicPartition partition) {
        log.assign(List.of(partition));
        log.seekToBeginning(List.of(partition));
        long end = log.endOffsets(List.of(partition)).get(partition);
        List<byte[]> values = new ArrayList<>();
        while (log.position(partition) < end) {
            log.poll(Duration.ofMillis(100)).forEach(each -> values.add(each.value()));
        }
        return values;
    }

    private static List<byte[]> file(Clients clients, Path file, boolean empty) throws Exception {
        List<byte[]> values = new ArrayList<>();
        if (!empty) {
            try (DataFileReader<ScoredTrajectory> records =
                    new DataFileReader<>(file.toFile(), new SpecificDatumReader<>(ScoredTrajectory.class))) {
                records.forEach(each -> values.add(clients.serde(Topics.SCORED_TRAJECTORIES)
                        .serializer()
                        .serialize(Topics.SCORED_TRAJECTORIES.name(), each)));
            }
        }
        return values;
    }

    private static Ran run(Callable<Integer> command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--run",
                dir.resolve("run").toString(),
                "--bootstrap",
                broker.bootstrap(),
                "--registry",
                registry.url()));
        arguments.addAll(List.of(more));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            return new Ran(
                    new CommandLine(command)
                            .setCaseInsensitiveEnumValuesAllowed(true)
                            .execute(arguments.toArray(String[]::new)),
                    bytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(before);
        }
    }
}
