package dev.seine.app.train;

import dev.seine.app.Loop;
import dev.seine.app.report.Curve;
import dev.seine.app.report.ReportData;
import dev.seine.app.view.Progress;
import dev.seine.app.view.View;
import dev.seine.learner.Accounting;
import dev.seine.learner.Learner;
import dev.seine.policy.Decoder;
import dev.seine.policy.Tokenizer;
import dev.seine.producers.generator.RolloutGenerator;
import dev.seine.serving.AnswerService;
import dev.seine.serving.board.Board;
import dev.seine.streams.RewardApp;
import dev.seine.streams.feedback.FeedbackUse;
import dev.seine.topics.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Reinforcement learning with all roles in this process, each on a thread of its own, meeting at the topics only. Ends when
 * the learner has done its steps, when it is told to stop, or when a role fails.
 */
final class RlStage {
    private static final Duration CLOSE = Duration.ofSeconds(30);
    private static final Duration GLANCE = Duration.ofMillis(250);
    private static final int RECENT = 20;
    private static final Map<String, String> REPORTED =
            Map.of("correct", "accuracy", "staleness-mean", "staleness", "nll-memory", "memory-loss");

    private final RunFolder folder;
    private final RunConfig config;
    private final Cluster cluster;
    private final View view;
    private final Resident resident;

    /** What came of it. */
    record Outcome(
            long version,
            List<Curve> curves,
            ReportData.Throughput throughput,
            ReportData.Accounting accounting,
            ReportData.Health health) {}

    RlStage(RunFolder folder, RunConfig config, Cluster cluster, View view, Resident resident) {
        this.folder = folder;
        this.config = config;
        this.cluster = cluster;
        this.view = view;
        this.resident = resident;
    }

    /**
     * Runs it.
     *
     * @param stop asked several times a second; true ends the stage early, with a checkpoint
     * @param elapsed time since the run began, for the view
     */
    Outcome run(BooleanSupplier stop, Stopwatch elapsed) throws InterruptedException {
        Roles roles = new Roles(folder, config, cluster.clients(), 1);
        try (Tokenizer tokenizer = Tokenizer.load(folder.tokenizer());
                Decoder decoder = Roles.trainee(folder, config);
                StepFeed feed = new StepFeed(cluster.clients(), config.run().policy())) {
            RewardApp rewards = roles.rewards("rewards-1");
            Learner learner = roles.learner(decoder, tokenizer);
            RolloutGenerator generator = roles.generator("generator-1", tokenizer);
            List<Role> all = new ArrayList<>(List.of(
                    roles.publisher(),
                    roles.retrieval("retrieval-1"),
                    roles.limited(generator),
                    rewards,
                    roles.limited(learner)));
            addWanted(roles, tokenizer, all);
            long first = learner.version();
            Stopwatch watch = new Stopwatch();
            Rates rates = new Rates();
            SortedMap<Integer, Map<String, Double>> memory = new TreeMap<>();
            HealthWatch health = new HealthWatch(config.health(), folder);
            try (Loop loop =
                    Loop.start(all, CLOSE, cluster.clients().telemetry().meters())) {
                loop.await(
                        () -> learner.done() || health.stops() || stop.getAsBoolean(),
                        () -> {
                            feed.poll();
                            memory.put(Math.toIntExact(learner.version()), resident.measure());
                            health.look(feed.metrics()).forEach(warning -> view.say("warning: " + warning));
                            rates.note(generator.counts().tokens(), watch.seconds());
                            view.show(progress(feed, generator, learner, rates, first, watch, elapsed));
                        },
                        GLANCE);
            }
            double seconds = watch.seconds();
            feed.drain();
            return new Outcome(
                    learner.version(),
                    Stream.concat(Curve.of(feed.metrics()).stream(), Curve.of(memory).stream())
                            .map(RlStage::named)
                            .toList(),
                    throughput(feed.metrics().tailMap(Math.toIntExact(first) + 1), generator, seconds),
                    accounting(learner.books()),
                    health.health());
        }
    }

    /** Roles that a run has only if its configuration wants them. */
    private void addWanted(Roles roles, Tokenizer tokenizer, List<Role> all) {
        roles.rewriter().ifPresent(all::add);
        if (config.feedback().use() != FeedbackUse.IGNORE) {
            all.add(roles.feedback("feedback-1"));
        }
        if (config.promotion().every() > 0) {
            all.add(roles.limited(roles.gate()));
        }
        if (config.serve().whileTraining()) {
            Board board = roles.board();
            AnswerService service = roles.service("service-1", board);
            all.add(roles.feed("board-1", board));
            view.say("answers at " + service.url());
            all.add(0, service);
            all.add(1, roles.limited(roles.answers("answers-1", tokenizer)));
        }
    }

    private Progress progress(
            StepFeed feed,
            RolloutGenerator generator,
            Learner learner,
            Rates rates,
            long first,
            Stopwatch watch,
            Stopwatch elapsed) {
        long done = learner.version() - first;
        double left = done == 0 ? 0 : watch.seconds() / done * (config.rl().steps() - learner.version());
        return new Progress(
                "reinforcement learning (" + config.reward().recipe() + ")",
                Math.toIntExact(learner.version()),
                config.rl().steps(),
                recent(feed, "loss"),
                recent(feed, "reward"),
                recent(feed, "correct"),
                recent(feed, "searches"),
                recent(feed, "staleness-mean"),
                generator.counts().trajectories() - learner.books().produced(),
                rates.perSecond(),
                recent(feed, "tokens-per-second").orElse(0),
                OptionalDouble.empty(),
                elapsed.elapsed(),
                done == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(Math.round(left))));
    }

    /** Mean over the last steps that have the metric. */
    private static OptionalDouble recent(StepFeed feed, String metric) {
        if (feed.metrics().isEmpty()) {
            return OptionalDouble.empty();
        }
        int last = feed.metrics().lastKey();
        return feed.metrics().tailMap(last - RECENT).values().stream()
                .filter(m -> m.containsKey(metric))
                .mapToDouble(m -> m.get(metric))
                .average();
    }

    /** A step metric under the name that the report draws it by. */
    private static Curve named(Curve curve) {
        return new Curve(REPORTED.getOrDefault(curve.name(), curve.name()), curve.steps(), curve.values());
    }

    /** Speeds over the steps of this session. */
    private static ReportData.Throughput throughput(
            SortedMap<Integer, Map<String, Double>> steps, RolloutGenerator generator, double seconds) {
        double minutes = seconds / 60;
        return new ReportData.Throughput(
                steps.size() / minutes,
                sum(steps, "rollouts") / minutes,
                generator.counts().tokens() / seconds,
                sum(steps, "tokens") / seconds,
                0,
                seconds);
    }

    private static double sum(SortedMap<Integer, Map<String, Double>> steps, String metric) {
        return steps.values().stream()
                .mapToDouble(m -> m.getOrDefault(metric, 0.0))
                .sum();
    }

    private static ReportData.Accounting accounting(Accounting.Books books) {
        return new ReportData.Accounting(
                books.produced(), books.trained(), Map.copyOf(books.skipped()), books.inFlight());
    }
}
