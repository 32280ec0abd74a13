package dev.seine.app.train;

import dev.seine.app.Loop;
import dev.seine.app.Main;
import dev.seine.app.config.ConfigException;
import dev.seine.app.operations.Operations;
import dev.seine.app.operations.OperationsOptions;
import dev.seine.learner.Learner;
import dev.seine.policy.Decoder;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Tokenizer;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.producers.retrieval.SearchUnavailable;
import dev.seine.topics.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * One role in a process of its own, against a cluster that is there: {@code seine publish|generate|retrieve|rewards|learn}. All need the
 * run folder that {@code seine prepare} made, on a path that all of them see.
 */
public final class RoleCommands {
    private static final Duration CLOSE = Duration.ofSeconds(30);
    private static final Duration GLANCE = Duration.ofMillis(200);

    private RoleCommands() {}

    /** What the commands share: open the cluster, turn the crank until done or told to stop, close in order. */
    abstract static class RoleCommand implements Callable<Integer> {
        @Mixin
        RunOptions options;

        @Mixin
        OperationsOptions operationsOptions;

        private @Nullable Running running;

        /** What a command has while it is carried out. */
        private record Running(BooleanSupplier stop, Operations operations) {}

        /** Makes the role and runs it through {@link #turn}. */
        abstract void work(RunFolder folder, RunConfig config, Roles roles) throws InterruptedException;

        @Override
        public Integer call() throws InterruptedException {
            if (options.bootstrap.isEmpty()) {
                throw new IllegalArgumentException("a role on its own needs --bootstrap HOST:PORT (and --registry URL):"
                        + " start brokers, or 'seine broker --run " + options.run + "'");
            }
            RunConfig config = options.begun(List.of());
            RunFolder folder = options.folder().create();
            try (StopSignal signal = StopSignal.listen(CLOSE);
                    Operations opened = operationsOptions.open();
                    Cluster cluster = Cluster.join(
                            folder, options.bootstrap, options.registry, config.kafka(), opened.telemetry())) {
                running = new Running(signal, opened);
                work(folder, config, new Roles(folder, config, cluster.clients(), 1));
            }
            return Main.DONE;
        }

        /** Steps the role on its own thread until it is done, fails, or the process is told to stop. */
        void turn(Role role, BooleanSupplier done) throws InterruptedException {
            turn(List.of(role), done);
        }

        /** The same with several roles. */
        void turn(List<Role> roles, BooleanSupplier done) throws InterruptedException {
            Running now = Objects.requireNonNull(running, "there is no call to work for");
            System.out.println(roles.stream().map(Role::name).collect(Collectors.joining(", "))
                    + (roles.size() == 1 ? " is" : " are") + " running; Ctrl-C stops it");
            try (Loop loop = Loop.start(roles, CLOSE, now.operations.telemetry().meters())) {
                now.operations.watch(loop, now.stop);
                loop.await(() -> done.getAsBoolean() || now.stop.getAsBoolean(), () -> {}, GLANCE);
            }
        }
    }

    /** {@code seine publish}. */
    @Command(name = "publish", description = "Publish the run's training questions.", mixinStandardHelpOptions = true)
    public static final class Publish extends RoleCommand {
        @Override
        void work(RunFolder folder, RunConfig config, Roles roles) throws InterruptedException {
            var publisher = roles.publisher();
            long all = (long) config.rl().steps() * config.rl().questionsPerStep();
            turn(publisher, () -> all > 0 && publisher.next() >= all);
        }
    }

    /** {@code seine generate}. */
    @Command(name = "generate", description = "Write rollouts.", mixinStandardHelpOptions = true)
    public static final class Generate extends RoleCommand {
        @Option(
                names = "--name",
                description = "Name of this generator (default: ${DEFAULT-VALUE}).",
                defaultValue = "${env:SEINE_NAME:-generator-1}")
        private String name;

        @Option(names = "--live", description = "Answer live questions too, with engines of their own.")
        private boolean live;

        @Override
        void work(RunFolder folder, RunConfig config, Roles roles) throws InterruptedException {
            if (!config.engine().on()) {
                ModelConfig model = ModelConfig.read(folder.modelConfig());
                System.out.println(MemoryPlan.generator(model, config).within(MemoryPlan.available(config.device())));
            }
            try (Tokenizer tokenizer = Tokenizer.load(folder.tokenizer())) {
                List<Role> all = new ArrayList<>(List.of(roles.limited(roles.generator(name, tokenizer))));
                if (live) {
                    all.add(0, roles.limited(roles.answers(name + "-live", tokenizer)));
                }
                turn(all, () -> false);
            }
        }
    }

    /** {@code seine answer}. */
    @Command(name = "answer", description = "Write the answers to live questions.", mixinStandardHelpOptions = true)
    public static final class Answer extends RoleCommand {
        @Option(
                names = "--name",
                description = "Name of this generator (default: ${DEFAULT-VALUE}).",
                defaultValue = "${env:SEINE_NAME:-answers-1}")
        private String name;

        @Override
        void work(RunFolder folder, RunConfig config, Roles roles) throws InterruptedException {
            try (Tokenizer tokenizer = Tokenizer.load(folder.tokenizer())) {
                turn(roles.limited(roles.answers(name, tokenizer)), () -> false);
            }
        }
    }

    /** {@code seine retrieve}. */
    @Command(name = "retrieve", description = "Answer searches.", mixinStandardHelpOptions = true)
    public static final class Retrieve extends RoleCommand {
        @Option(
                names = "--name",
                description = "Name of this service (default: ${DEFAULT-VALUE}).",
                defaultValue = "${env:SEINE_NAME:-retrieval-1}")
        private String name;

        @Option(
                names = "--away-while",
                paramLabel = "FILE",
                description = "For drills: as long as this file is there, the search does not answer.",
                hidden = true)
        private @Nullable Path awayWhile;

        @Override
        void work(RunFolder folder, RunConfig config, Roles roles) throws InterruptedException {
            Retriever retriever = new Preparation(folder, config, line -> {}).retriever();
            Retriever searched = awayWhile == null
                    ? retriever
                    : (query, k) -> {
                        if (Files.exists(awayWhile)) {
                            throw new SearchUnavailable("the search is away: " + awayWhile + " is there", null);
                        }
                        return retriever.search(query, k);
                    };
            turn(roles.retrieval(name, searched), () -> false);
        }
    }

    /** {@code seine rewrite}. */
    @Command(
            name = "rewrite",
            description = "Write memory samples by the language model of [rewrite].",
            mixinStandardHelpOptions = true)
    public static final class Rewrite extends RoleCommand {
        @Override
        void work(RunFolder folder, RunConfig config, Roles roles) throws InterruptedException {
            Role rewriter = roles.rewriter()
                    .orElseThrow(() -> new ConfigException(
                            "rewrite.rewriter is rule-based, which the reward topology does: set it to llm"));
            turn(rewriter, () -> false);
        }
    }

    /** {@code seine feedback}. */
    @Command(
            name = "feedback",
            description =
                    "Join what people say of answers with the answers, and make questions of it as [feedback] says.",
            mixinStandardHelpOptions = true)
    public static final class Feedback extends RoleCommand {
        @Option(
                names = "--name",
                description = "Name of this instance, whose state has a folder of its own (default: ${DEFAULT-VALUE}).",
                defaultValue = "${env:SEINE_NAME:-feedback-1}")
        private String name;

        @Override
        void work(RunFolder folder, RunConfig config, Roles roles) throws InterruptedException {
            turn(roles.feedback(name), () -> false);
        }
    }

    /** {@code seine gate}. */
    @Command(
            name = "gate",
            description = "Evaluate new weights and let them serve if they pass, as [promotion] says.",
            mixinStandardHelpOptions = true)
    public static final class Gate extends RoleCommand {
        @Override
        void work(RunFolder folder, RunConfig config, Roles roles) throws InterruptedException {
            if (config.promotion().every() == 0) {
                throw new ConfigException("promotion.every is 0: no version would ever be a candidate");
            }
            turn(roles.limited(roles.gate()), () -> false);
        }
    }

    /** {@code seine learn}. */
    @Command(
            name = "learn",
            description = "Train on scored trajectories and publish weights.",
            mixinStandardHelpOptions = true)
    public static final class Learn extends RoleCommand {
        @Override
        void work(RunFolder folder, RunConfig config, Roles roles) throws InterruptedException {
            ModelConfig model = ModelConfig.read(folder.modelConfig());
            System.out.println(MemoryPlan.learner(model, config).within(MemoryPlan.available(config.device())));
            try (Tokenizer tokenizer = Tokenizer.load(folder.tokenizer());
                    Decoder decoder = Roles.trainee(folder, config)) {
                Learner learner = roles.learner(decoder, tokenizer);
                turn(roles.limited(learner), learner::done);
            }
        }
    }
}
