package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.event.LearnerStep;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalResponse;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.StepPhase;
import dev.seine.event.Trajectory;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole run on a real broker in this process: small, but every event, reward and gradient is real. */
class EndToEndTest {
    private static final int STEPS = 3;
    private static final int QUESTIONS = 2;
    private static final int GROUP = 4;

    static final List<String> SMALL = List.of(
            "atlas.training-questions=60",
            "atlas.evaluation-questions=6",
            "demonstrations.count=300",
            "model.hidden-size=32",
            "model.intermediate-size=64",
            "model.layers=1",
            "cold-start.steps=40",
            "rl.steps=" + STEPS,
            "rl.questions-per-step=" + QUESTIONS,
            "rl.group-size=" + GROUP,
            "generate.slots=16",
            "generate.max-tokens=96",
            "learn.checkpoint.every=2");

    @TempDir
    private Path dir;

    @Test
    void aRunTrainsAndAccountsForEveryRollout() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("kafka"))) {
            trainsAndAccounts(broker.bootstrap(), dir.resolve("run"));
        }
    }

    /** A run on these brokers, from its data to its report. */
    static void trainsAndAccounts(String bootstrap, Path run) throws Exception {
        RunOptions options = new RunOptions();
        options.run = run;
        options.bootstrap = bootstrap;
        options.registry = "";
        options.settings = SMALL;
        RunFolder folder = options.folder().create();
        RunConfig config = options.fresh(List.of());
        SilentView view = new SilentView();
        new Preparation(folder, config, view::say).run(null, null, null);
        new TrainRun(folder, options, folder.report(), view, () -> false).run(config, List.of());

        reportIsWhole(folder);
        weightsHaveChanged(folder);
        try (EmbeddedRegistry registry = EmbeddedRegistry.start(bootstrap);
                Clients clients = new Clients(Connection.of(bootstrap, registry.url()))) {
            logAddsUp(clients);
        }
    }

    @Test
    void aRunInTwoStagesChangesItsRewardsBetweenTwoSteps() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("kafka"))) {
            RunOptions options = new RunOptions();
            options.run = dir.resolve("run");
            options.recipe = "r1-searcher";
            options.bootstrap = broker.bootstrap();
            options.registry = "";
            options.settings = SMALL;
            RunFolder folder = options.folder().create();
            RunConfig config = options.fresh(List.of("stage-one.steps=1"));
            SilentView view = new SilentView();
            new Preparation(folder, config, view::say).run(null, null, null);
            new TrainRun(folder, options, folder.report(), view, () -> false).run(config, List.of());

            try (EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrap());
                    Clients clients = new Clients(Connection.of(broker.bootstrap(), registry.url()))) {
                logAddsUp(clients);
                List<LearnerStep> applied = values(clients, Topics.LEARNER_STEPS).stream()
                        .filter(s -> s.getPhase() == StepPhase.APPLIED)
                        .toList();
                assertThat(applied)
                        .extracting(LearnerStep::getRecipe)
                        .containsExactly("r1-searcher-stage-1", "r1-searcher", "r1-searcher");
                // the parts of stage 1 are figures of its step and of no other
                assertThat(applied)
                        .extracting(s -> s.getMetrics().containsKey("reward-well-formed-search"))
                        .containsExactly(true, false, false);
                assertThat(values(clients, Topics.MEMORY_SAMPLES)).isEmpty();
            }
        }
    }

    private static void reportIsWhole(RunFolder folder) throws Exception {
        JsonNode recipe = new ObjectMapper()
                .readTree(folder.report().resolve("report.json").toFile())
                .path("recipes")
                .path(0);
        JsonNode books = recipe.path("accounting");
        assertThat(books.path("exact").asBoolean()).isTrue();
        // 3 steps of 2 questions with 4 rollouts each
        assertThat(books.path("trained").asLong() + sum(books.path("skipped"))).isEqualTo(STEPS * QUESTIONS * GROUP);
        assertThat(recipe.path("after").path(0).path("questions").asInt()).isEqualTo(6);
        assertThat(folder.report().resolve("index.html")).isNotEmptyFile();
    }

    private static long sum(JsonNode skipped) {
        long sum = 0;
        for (JsonNode count : skipped) {
            sum += count.asLong();
        }
        return sum;
    }

    private static void weightsHaveChanged(RunFolder folder) throws Exception {
        byte[] first = Files.readAllBytes(folder.coldStartWeights());
        assertThat(Files.readAllBytes(folder.weights().resolve("v000000.safetensors")))
                .isEqualTo(first);
        assertThat(Files.readAllBytes(folder.weights().resolve("v00000" + STEPS + ".safetensors")))
                .isNotEqualTo(first);
    }

    private static void logAddsUp(Clients clients) {
        List<Trajectory> trajectories = values(clients, Topics.TRAJECTORIES);
        List<String> rollouts =
                trajectories.stream().map(Trajectory::getRolloutId).toList();
        assertThat(rollouts).doesNotHaveDuplicates();
        List<String> scored = values(clients, Topics.SCORED_TRAJECTORIES).stream()
                .map(ScoredTrajectory::getTrajectory)
                .map(Trajectory::getRolloutId)
                .toList();
        assertThat(scored).doesNotHaveDuplicates();
        assertThat(rollouts).containsAll(scored);
        assertThat(values(clients, Topics.RETRIEVAL_RESPONSES))
                .extracting(RetrievalResponse::getRequestId)
                .containsAll(values(clients, Topics.RETRIEVAL_REQUESTS).stream()
                        .map(RetrievalRequest::getRequestId)
                        .toList());
        for (Trajectory t : trajectories) {
            assertThat(t.getSampled()).as(t.getRolloutId()).hasSameSizeAs(t.getTokens());
            assertThat(t.getLogprobs()).as(t.getRolloutId()).hasSameSizeAs(t.getTokens());
        }
        stepsTakeEachRolloutOnce(values(clients, Topics.LEARNER_STEPS), scored);
        assertThat(values(clients, Topics.REJECTIONS)).isEmpty();
    }

    private static void stepsTakeEachRolloutOnce(List<LearnerStep> steps, List<String> scored) {
        List<LearnerStep> applied =
                steps.stream().filter(s -> s.getPhase() == StepPhase.APPLIED).toList();
        assertThat(applied).extracting(LearnerStep::getStep).containsExactly(1L, 2L, 3L);
        List<String> taken = applied.stream()
                .flatMap(s -> Stream.concat(
                        s.getTrained().stream(),
                        s.getSkipped().values().stream().flatMap(List::stream)))
                .toList();
        assertThat(taken).hasSize(STEPS * QUESTIONS * GROUP).doesNotHaveDuplicates();
        assertThat(scored).containsAll(taken);
    }

    private static <V extends SpecificRecord> List<V> values(Clients clients, Topic<V> topic) {
        try (EventConsumer<V> consumer = clients.assign(topic, "test")) {
            return consumer.readToEnd().stream().map(Event::value).toList();
        }
    }
}
