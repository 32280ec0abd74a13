package dev.seine.app.train;

import dev.seine.app.rewrite.RewriteRole;
import dev.seine.learner.Learner;
import dev.seine.policy.Decoder;
import dev.seine.policy.LocalEngine;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Precision;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.Torch;
import dev.seine.policy.remote.RemoteEngine;
import dev.seine.policy.store.RunStore;
import dev.seine.producers.generator.AnswerGenerator;
import dev.seine.producers.generator.PromotedWeights;
import dev.seine.producers.generator.RolloutGenerator;
import dev.seine.producers.generator.WeightsFollower;
import dev.seine.producers.generator.WeightsLoader;
import dev.seine.producers.questions.QuestionFile;
import dev.seine.producers.questions.QuestionPublisher;
import dev.seine.producers.retrieval.RetrievalService;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.schemas.Demonstration;
import dev.seine.schemas.Dialect;
import dev.seine.serving.AnswerService;
import dev.seine.serving.ServeConfig;
import dev.seine.serving.board.Board;
import dev.seine.serving.board.BoardFeed;
import dev.seine.serving.board.BoardRoutes;
import dev.seine.serving.feedback.FeedbackRoutes;
import dev.seine.serving.http.KeyFile;
import dev.seine.streams.RewardApp;
import dev.seine.streams.RewardAppConfig;
import dev.seine.streams.feedback.FeedbackApp;
import dev.seine.streams.memory.Rewriter;
import dev.seine.streams.memory.RuleBasedRewriter;
import dev.seine.topics.Clients;
import dev.seine.topics.Role;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the roles of a run from its folder: the same for the all-in-one run and for a role in a process of its own, which
 * only needs the folder and the cluster.
 */
public final class Roles {
    /** Variable with the key of the servers that write rollouts. */
    private static final String ENGINE_KEY = "SEINE_ENGINE_KEY";
    /** Steps, evaluations and decisions that the pages show at most. */
    private static final int BOARD_ENTRIES = 5_000;

    private final RunFolder folder;
    private final RunConfig config;
    private final Clients clients;
    private final int torchThreads;

    /**
     * Roles of one run.
     *
     * @param torchThreads cores that each of generator and learner may use
     */
    Roles(RunFolder folder, RunConfig config, Clients clients, int torchThreads) {
        this.folder = folder;
        this.config = config;
        this.clients = clients;
        this.torchThreads = torchThreads;
    }

    /** Publishes the training questions. */
    QuestionPublisher publisher() {
        return new QuestionPublisher(
                clients,
                config.run().policy(),
                QuestionFile.read(folder.trainQuestions(), line -> {}),
                config.publisherConfig(),
                Clock.systemUTC());
    }

    /** Answers searches. */
    RetrievalService retrieval(String name) {
        return retrieval(name, new Preparation(folder, config, line -> {}).retriever());
    }

    /** Answers searches by this retriever. */
    RetrievalService retrieval(String name, Retriever retriever) {
        return new RetrievalService(clients, name, retriever, config.retrieve().service(), Clock.systemUTC());
    }

    /** Scores trajectories; each instance has a name, and its state a folder, of its own. */
    RewardApp rewards(String name) {
        return RewardApp.start(
                clients,
                config.rewardSchedule(),
                config.rewrite().llm() ? Rewriter.NONE : new RuleBasedRewriter(),
                RewardAppConfig.of(
                        "rewards-" + config.run().policy(),
                        folder.streamsState().resolve(name)));
    }

    /** Joins feedback with answers; named as {@link #rewards}. */
    FeedbackApp feedback(String name) {
        return FeedbackApp.start(
                clients,
                config.feedback(),
                "feedback-" + config.run().policy(),
                folder.streamsState().resolve(name));
    }

    /** Decides which versions serve. */
    PromotionGate gate() {
        RunStore store = store(PromotionGate.NAME);
        return new PromotionGate(
                clients, folder, config, store, new HeldOut(folder, config, clients, store), Clock.systemUTC());
    }

    /** Writes memory samples, if a language model is to. */
    Optional<Role> rewriter() {
        return config.rewrite().llm()
                ? Optional.of(
                        new RewriteRole(clients, config.run().policy(), config.rewardSchedule(), config.rewrite()))
                : Optional.empty();
    }

    /** Writes rollouts. */
    RolloutGenerator generator(String name, Tokenizer tokenizer) {
        ModelConfig model = ModelConfig.read(folder.modelConfig());
        WeightsFollower weights = new WeightsFollower(
                clients, config.run().policy(), name, store(name), tokenizer.sha256(), model.sha256());
        return new RolloutGenerator(
                clients,
                name,
                engine(model),
                tokenizer,
                weights,
                config.generate(),
                config.run().seed(),
                Clock.systemUTC());
    }

    /** Servers where the configuration names some, else this process. */
    private SequenceEngine engine(ModelConfig model) {
        if (config.engine().on()) {
            return new RemoteEngine(
                    config.engine(),
                    Optional.ofNullable(System.getenv(ENGINE_KEY)),
                    folder.root(),
                    config.generate().slots(),
                    model.vocabSize(),
                    -1,
                    Clock.systemUTC());
        }
        Decoder decoder = Decoder.load(
                folder.coldStartWeights(),
                model,
                config.device(),
                Precision.of(config.model().precision()));
        return new LocalEngine(
                decoder, config.generate().slots(), config.generate().maxTokens(), -1);
    }

    /** The weights that reinforcement learning begins with, adapters beside them if only those are trained; the caller's. */
    public static Decoder trainee(RunFolder folder, RunConfig config) {
        ModelConfig model = ModelConfig.read(folder.modelConfig());
        return config.lora()
                .adapter()
                .map(lora -> Decoder.adapted(
                        folder.coldStartWeights(), model, lora, config.run().seed(), config.device()))
                .orElseGet(() -> Decoder.load(folder.coldStartWeights(), model, config.device(), Precision.FLOAT32));
    }

    /** Writes live answers, with the version that was promoted. */
    AnswerGenerator answers(String name, Tokenizer tokenizer) {
        ModelConfig model = ModelConfig.read(folder.modelConfig());
        ServeConfig serve = config.serve();
        List<SequenceEngine> engines = new ArrayList<>();
        for (int i = 0; i < serve.engines(); i++) {
            Decoder decoder = Decoder.load(folder.coldStartWeights(), model, config.device(), Precision.FLOAT32);
            engines.add(
                    new LocalEngine(decoder, serve.slots(), config.generate().maxTokens(), -1));
        }
        return new AnswerGenerator(
                clients,
                name,
                engines,
                tokenizer,
                new PromotedWeights(clients, config.run().policy(), name),
                new WeightsLoader(store(name), tokenizer.sha256(), model.sha256()),
                config.generate().withSlots(serve.slots(), serve.maxQueued()).withTemperature(serve.temperature()),
                config.run().seed(),
                Clock.systemUTC());
    }

    /** Answers over HTTP, to who has one of the folder's keys if it has any. */
    AnswerService service(String name, Board board) {
        FeedbackRoutes feedback = new FeedbackRoutes(
                clients.producer(name + "-feedback"),
                config.feedback().maxCorrectionChars(),
                config.feedback().maxCommentChars(),
                Clock.systemUTC());
        return AnswerService.start(
                clients,
                name,
                config.serve(),
                new KeyFile(folder.keys()),
                List.of(feedback, new BoardRoutes(board, new RunList(folder))));
    }

    /** An empty board for the pages of the service. */
    Board board() {
        return new Board(BOARD_ENTRIES);
    }

    /** Fills a board from the log. */
    BoardFeed feed(String name, Board board) {
        return new BoardFeed(clients, name, config.run().policy(), board, Clock.systemUTC());
    }

    /**
     * Trains.
     *
     * @param decoder the caller's, with the cold start's weights
     */
    Learner learner(Decoder decoder, Tokenizer tokenizer) {
        List<Demonstration> demonstrations =
                config.learn().rehearsal().batch() > 0 ? Demonstration.read(folder.rehearsal()) : List.of();
        return new Learner(
                config.learnerConfig(),
                clients,
                decoder,
                tokenizer,
                demonstrations,
                Dialect.of(config.generate().dialect()),
                folder.root(),
                store("learner"),
                Clock.systemUTC());
    }

    /** Where a role finds and leaves copies of the run's files; its own, to be closed with it. */
    private RunStore store(String role) {
        return config.store().open(folder.root(), role);
    }

    /** Limits the role's own thread to its share of the cores. */
    Role limited(Role role) {
        return new Role() {
            private boolean begun;

            @Override
            public String name() {
                return role.name();
            }

            @Override
            public int step() {
                if (!begun) {
                    Torch.threads(torchThreads);
                    begun = true;
                }
                return role.step();
            }

            @Override
            public boolean ready() {
                return role.ready();
            }

            @Override
            public void close() {
                role.close();
            }
        };
    }
}
