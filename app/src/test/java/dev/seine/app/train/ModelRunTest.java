package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.seine.event.LearnerStep;
import dev.seine.event.Trajectory;
import dev.seine.policy.Decoder;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.ModelFolder;
import dev.seine.policy.Precision;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that begins with a model in Hugging Face's layout: small, random, byte-level, but whole. */
class ModelRunTest {
    private static final Path GOLDEN = Path.of("../policy/src/test/resources/golden/qwen2-tied-f32");
    private static final List<String> SMALL = List.of(
            "atlas.training-questions=20",
            "atlas.evaluation-questions=2",
            "demonstrations.count=60",
            "cold-start.steps=2",
            "rl.steps=2",
            "rl.questions-per-step=1",
            "rl.group-size=2",
            "generate.slots=4",
            "generate.max-tokens=512",
            "generate.max-documents-chars=100",
            "learn.rehearsal.batch=2",
            "learn.micro-batch-tokens=512");

    @TempDir
    private Path dir;

    /** By step, the largest difference between a log-probability when sampled and when trained. */
    private final List<Double> drift = new ArrayList<>();

    /** The golden tokenizer and chat template with a random model that holds longer texts. */
    static Path model(Path folder) throws Exception {
        Files.createDirectories(folder);
        ModelFolder.carry(GOLDEN, folder);
        ModelConfig config = new ModelConfig(320, 32, 48, 1, 4, 2, 8, 512, 1e6, 1e-6, true, true);
        config.write(folder.resolve(ModelFolder.CONFIG));
        try (Decoder decoder = Decoder.random(config, 3, Device.cpu())) {
            decoder.saveModel(folder.resolve("model.safetensors"), Precision.FLOAT32);
        }
        return folder;
    }

    @Test
    void aRunBeginsWithAModelFolderAndAsksByItsChatTemplate() throws Exception {
        RunFolder folder = train(List.of());
        assertThat(ModelFolder.open(folder.base()).config().vocabSize()).isEqualTo(326); // 320 and the six tags
        Path exported = dir.resolve("exported");
        Export.model(folder, folder.weights(2), exported, Precision.FLOAT32);
        try (Decoder out = ModelFolder.open(exported).decoder(Device.cpu(), Precision.FLOAT32);
                Decoder base = ModelFolder.open(folder.base()).decoder(Device.cpu(), Precision.FLOAT32)) {
            assertThat(out.config()).isEqualTo(base.config());
            assertThat(out.parameters().get(0).toFloatArray())
                    .isNotEqualTo(base.parameters().get(0).toFloatArray());
        }
    }

    @Test
    void onlyAdaptersAreTrainedAndPublishedWhereTheyAreAskedFor() throws Exception {
        RunFolder folder = train(List.of("lora.rank=2", "model.precision=bfloat16"));
        assertThat(Files.size(folder.weights(2))).isLessThan(Files.size(folder.coldStartWeights()) / 2);
        Path peft = dir.resolve("peft");
        Export.adapter(folder, folder.weights(2), peft);
        ModelConfig config = ModelConfig.read(folder.modelConfig());
        try (Decoder published = Decoder.load(folder.weights(2), config);
                Decoder again = Decoder.adapted(folder.coldStartWeights(), config, peft, Device.cpu())) {
            assertThat(again.lora()).isEqualTo(published.lora());
            int last = published.parameters().size() - 1; // a B, which began as zeros
            assertThat(again.parameters().get(last).toFloatArray())
                    .isEqualTo(published.parameters().get(last).toFloatArray())
                    .isNotEqualTo(new float[(int) again.parameters().get(last).size()]);
        }
    }

    @Test
    void rolloutsOfServersAreTrainedLikeOnesOfThisProcess() throws Exception {
        ModelConfig config =
                ModelFolder.open(model(dir.resolve("model"))).config().withVocabulary(326);
        try (PolicyServer server = new VllmServer(dir.resolve("run/cold-start.safetensors"), config)) {
            train(List.of("lora.rank=2", "engine.urls=[\"" + server.url() + "\"]", "engine.model=base"));
            assertThat(server.changes.get(0)).startsWith("load seine-v0-");
            assertThat(server.asked).isNotEmpty().allSatisfy(a -> assertThat(a.model())
                    .startsWith("seine-v"));
        }
        // the same network on both sides: what was recorded when sampling is what the learner computes, but for
        // rounding
        assertThat(drift).isNotEmpty().allSatisfy(d -> assertThat(d).isLessThan(1e-3));
    }

    private RunFolder train(List<String> more) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("kafka"))) {
            RunOptions options = new RunOptions();
            options.run = dir.resolve("run");
            options.bootstrap = broker.bootstrap();
            options.registry = "";
            options.settings = new ArrayList<>(SMALL);
            options.settings.addAll(more);
            RunFolder folder = options.folder().create();
            RunConfig config = options.fresh(RunOptions.model(model(dir.resolve("model"))));
            SilentView view = new SilentView();
            new Preparation(folder, config, view::say).run(null, null, null);
            // A random model writes to its limit: a thousand facts would take minutes and say nothing.
            Files.delete(folder.evaluationQuestions(QuestionSets.PROBE));
            new TrainRun(folder, options, folder.report(), view, () -> false).run(config, List.of());
            try (EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrap());
                    Clients clients = new Clients(Connection.of(broker.bootstrap(), registry.url()));
                    EventConsumer<Trajectory> consumer = clients.assign(Topics.TRAJECTORIES, "test")) {
                List<Trajectory> trajectories =
                        consumer.readToEnd().stream().map(Event::value).toList();
                assertThat(trajectories).isNotEmpty().allSatisfy(t -> assertThat(t.getPrompt())
                        .startsWith(
                                "<|im_start|>system\nYou are a careful assistant.<|im_end|>\n<|im_start|>user\nQuestion: ")
                        .endsWith(" Answer:<|im_end|>\n<|im_start|>assistant\n"));
                try (EventConsumer<LearnerStep> steps = clients.assign(Topics.LEARNER_STEPS, "test")) {
                    steps.readToEnd().stream()
                            .map(step -> step.value().getMetrics().get("logprob-drift-max"))
                            .filter(Objects::nonNull)
                            .forEach(drift::add);
                }
            }
            return folder;
        }
    }
}
