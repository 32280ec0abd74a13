package dev.seine.app.train;

import ai.djl.Device;
import dev.seine.app.config.ConfigLoader;
import dev.seine.app.config.Source;
import dev.seine.app.health.HealthConfig;
import dev.seine.app.promote.PromotionConfig;
import dev.seine.app.rewrite.RewriteConfig;
import dev.seine.app.search.SearchConfig;
import dev.seine.learner.CheckpointConfig;
import dev.seine.learner.ColdStartConfig;
import dev.seine.learner.Computation;
import dev.seine.learner.LearnerConfig;
import dev.seine.learner.LossConfig;
import dev.seine.learner.MemoryConfig;
import dev.seine.learner.OptimizerConfig;
import dev.seine.learner.RehearsalConfig;
import dev.seine.policy.Devices;
import dev.seine.policy.Lora;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Precision;
import dev.seine.policy.remote.RemoteConfig;
import dev.seine.policy.store.StoreConfig;
import dev.seine.producers.atlas.AtlasConfig;
import dev.seine.producers.atlas.DemonstrationConfig;
import dev.seine.producers.generator.GeneratorConfig;
import dev.seine.producers.questions.PublisherConfig;
import dev.seine.serving.ServeConfig;
import dev.seine.streams.feedback.FeedbackConfig;
import dev.seine.streams.feedback.FeedbackUse;
import dev.seine.streams.reward.RewardConfig;
import dev.seine.streams.reward.RewardSchedule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration of a run: one record a section of the TOML, each key described in {@code defaults.toml}. What several
 * roles must agree on stands once, in {@link Rl}, and goes from there to each.
 */
public record RunConfig(
        Run run,
        Map<String, String> kafka,
        AtlasConfig atlas,
        Data data,
        Model model,
        DemonstrationConfig demonstrations,
        Adapter lora,
        ColdStart coldStart,
        Rl rl,
        GeneratorConfig generate,
        RemoteConfig engine,
        StoreConfig store,
        SearchConfig retrieve,
        RewardConfig reward,
        StageOne stageOne,
        RewriteConfig rewrite,
        Learn learn,
        HealthConfig health,
        FeedbackConfig feedback,
        PromotionConfig promotion,
        ServeConfig serve) {
    /** The configuration that a run was begun with; the defaults fill in what the program has learned since. */
    static RunConfig recorded(RunFolder folder) {
        return ConfigLoader.load(RunConfig.class, List.of(Source.defaults(), Source.file(folder.config())));
    }

    /** Checks what concerns several sections, so that nothing is spent on a run which cannot go on. */
    public RunConfig {
        learnerConfig(run, model, rl, learn);
        publisherConfig(run, rl, feedback);
        coldStartConfig(run, model, coldStart);
        require(
                rl.groupSize >= 2 || !LearnerConfig.comparesGroups(learn.advantage),
                "rl.group-size",
                "at least 2 for learn.advantage = " + learn.advantage + ", which compares the rollouts of a group",
                rl.groupSize);
        require(
                stageOne.steps == 0 || stageOne.reward.dialect().equals(reward.dialect()),
                "stage-one.reward.dialect",
                "'" + reward.dialect() + "' as in [reward]",
                stageOne.reward.dialect());
        require(
                !engine.on() || !engine.protocol().equals("sglang") || generate.topP() == 1,
                "generate.top-p",
                "1 for engine.protocol = sglang, whose log-probabilities do not know it",
                generate.topP());
        require(
                generate.dialect().equals(reward.dialect()),
                "generate.dialect",
                "'" + reward.dialect() + "' as in [reward]",
                generate.dialect());
    }

    /**
     * Section {@code run}.
     *
     * @param device where networks compute, see {@link Devices}
     */
    public record Run(String policy, long seed, String device) {
        /** Checks the form. */
        public Run {
            Devices.check(device);
        }
    }

    /** Section {@code data}: for the user's own questions. */
    public record Data(int heldOutPercent, int maxEvaluation, int maxPassageChars) {
        /** Checks the ranges. */
        public Data {
            require(heldOutPercent >= 0 && heldOutPercent <= 50, "data.held-out-percent", "0 to 50", heldOutPercent);
            require(maxEvaluation >= 1, "data.max-evaluation", "at least 1", maxEvaluation);
            require(maxPassageChars >= 1, "data.max-passage-chars", "at least 1", maxPassageChars);
        }
    }

    /**
     * Section {@code model}: the policy to begin with, from a folder in Hugging Face's layout or else from scratch.
     *
     * @param path the folder; empty if there is none
     * @param chat whether prompts are written by the model's chat template
     * @param system system message of the chat; empty for the template's own
     * @param precision what the networks compute with
     */
    public record Model(
            Optional<String> path,
            boolean chat,
            String system,
            String precision,
            int hiddenSize,
            int intermediateSize,
            int layers,
            int heads,
            int kvHeads,
            int maxPositions,
            int maxVocabulary) {
        /** Checks the name. */
        public Model {
            Precision.of(precision);
        }

        /** The architecture for a vocabulary of this size. */
        public ModelConfig withVocabulary(int vocabulary) {
            return new ModelConfig(
                    vocabulary,
                    hiddenSize,
                    intermediateSize,
                    layers,
                    heads,
                    kvHeads,
                    hiddenSize / heads,
                    maxPositions,
                    10_000,
                    1e-6,
                    true,
                    true);
        }
    }

    /** Section {@code lora}: what is trained of a model; all of it if the rank is 0. */
    public record Adapter(int rank, double alpha, List<String> targets) {
        /** Checks figures and names. */
        public Adapter {
            require(rank >= 0, "lora.rank", "at least 0", rank);
            if (rank > 0) {
                new Lora(rank, alpha, targets);
            }
        }

        /** The adapter, if one is trained. */
        public Optional<Lora> adapter() {
            return rank == 0 ? Optional.empty() : Optional.of(new Lora(rank, alpha, targets));
        }
    }

    /** Section {@code cold-start}. */
    public record ColdStart(
            int epochs,
            int steps,
            Duration limit,
            int batchTokens,
            int microBatchTokens,
            double finalLr,
            OptimizerConfig optimizer) {}

    /** Section {@code rl}: what publisher, topology and learner agree on. */
    public record Rl(int steps, int questionsPerStep, int groupSize, int closedBook, int maxStaleness) {}

    /** Section {@code stage-one}: rewards of the first steps, if any. */
    public record StageOne(int steps, RewardConfig reward) {
        /** Checks the range. */
        public StageOne {
            require(steps >= 0, "stage-one.steps", "at least 0", steps);
        }
    }

    /**
     * Section {@code learn}.
     *
     * @param checkpointing whether layers are computed again in the backward pass, also in the cold start
     */
    public record Learn(
            String advantage,
            int minibatches,
            int microBatchTokens,
            boolean checkpointing,
            Duration groupPatience,
            double finalLr,
            OptimizerConfig optimizer,
            LossConfig loss,
            MemoryConfig memory,
            RehearsalConfig rehearsal,
            CheckpointConfig checkpoint) {}

    /** Which rewards hold for which question. A learner step's questions all belong to the same stage. */
    public RewardSchedule rewardSchedule() {
        return new RewardSchedule(stageOne.reward, (long) stageOne.steps * rl.questionsPerStep, reward);
    }

    /** The same with the prompt written out, so that no chat template is needed any more. */
    RunConfig withPrompt(String promptTemplate) {
        Model written = new Model(
                model.path,
                false,
                model.system,
                model.precision,
                model.hiddenSize,
                model.intermediateSize,
                model.layers,
                model.heads,
                model.kvHeads,
                model.maxPositions,
                model.maxVocabulary);
        return with(written, generate.withPrompt(promptTemplate), store);
    }

    /** The same for a run that belongs to this one and has a folder, and so a store, of its own. */
    RunConfig below(String name) {
        return with(model, generate, store.below(name));
    }

    private RunConfig with(Model otherModel, GeneratorConfig otherGenerate, StoreConfig otherStore) {
        return new RunConfig(
                run,
                kafka,
                atlas,
                data,
                otherModel,
                demonstrations,
                lora,
                coldStart,
                rl,
                otherGenerate,
                engine,
                otherStore,
                retrieve,
                reward,
                stageOne,
                rewrite,
                learn,
                health,
                feedback,
                promotion,
                serve);
    }

    /** Names what a run starts from: equal for configurations that prepare the same data and the same cold start. */
    String startId() {
        List<Object> parts = List.of(
                run.seed,
                atlas,
                data,
                model,
                lora,
                demonstrations,
                coldStart,
                generate.dialect(),
                generate.promptTemplate(),
                retrieve.retriever());
        return Integer.toHexString(parts.toString().hashCode());
    }

    /** The publisher's part. */
    public PublisherConfig publisherConfig() {
        return publisherConfig(run, rl, feedback);
    }

    private static PublisherConfig publisherConfig(Run run, Rl rl, FeedbackConfig feedback) {
        return new PublisherConfig(
                rl.groupSize,
                rl.closedBook,
                rl.questionsPerStep,
                rl.maxStaleness,
                rl.steps,
                run.seed,
                feedback.use() == FeedbackUse.IGNORE ? 0 : feedback.perStep());
    }

    /** The cold start's part. */
    public ColdStartConfig coldStartConfig() {
        return coldStartConfig(run, model, coldStart);
    }

    private static ColdStartConfig coldStartConfig(Run run, Model model, ColdStart coldStart) {
        return new ColdStartConfig(
                coldStart.epochs,
                coldStart.steps,
                coldStart.limit,
                coldStart.batchTokens,
                coldStart.microBatchTokens,
                coldStart.finalLr,
                10,
                run.seed,
                coldStart.optimizer.decided(model.path.isEmpty()));
    }

    /**
     * Where networks compute.
     *
     * @throws IllegalArgumentException if it is not there
     */
    public Device device() {
        return Devices.of(run.device);
    }

    /** How the network is run while it is trained. */
    public Computation computation() {
        return computation(model, learn);
    }

    private static Computation computation(Model model, Learn learn) {
        return new Computation(Precision.of(model.precision), learn.checkpointing);
    }

    /** The learner's part. */
    public LearnerConfig learnerConfig() {
        return learnerConfig(run, model, rl, learn);
    }

    private static LearnerConfig learnerConfig(Run run, Model model, Rl rl, Learn learn) {
        return new LearnerConfig(
                run.policy,
                rl.questionsPerStep,
                rl.steps,
                rl.maxStaleness,
                learn.advantage,
                learn.minibatches,
                learn.microBatchTokens,
                learn.groupPatience,
                learn.finalLr,
                run.seed,
                computation(model, learn),
                learn.optimizer.decided(model.path.isEmpty()),
                learn.loss,
                learn.memory,
                learn.rehearsal,
                learn.checkpoint);
    }

    private static void require(boolean holds, String key, String expected, Object got) {
        if (!holds) {
            throw new IllegalArgumentException(key + " must be " + expected + ", got " + got);
        }
    }
}
