package dev.seine.app.train;

import dev.seine.app.report.Evaluation;
import dev.seine.app.report.GroupStudy;
import dev.seine.app.report.Recall;
import dev.seine.app.report.ReportData;
import dev.seine.app.view.Progress;
import dev.seine.app.view.View;
import dev.seine.event.Promotion;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.Torch;
import dev.seine.policy.store.StoreUnavailable;
import dev.seine.producers.retrieval.Retriever;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** One recipe from the cold start to its figures: assess, reinforce, assess again. */
final class RecipeRun {
    private final RunFolder folder;
    private final RunConfig config;
    private final Cluster cluster;
    private final View view;
    private final Resident resident;

    RecipeRun(RunFolder folder, RunConfig config, Cluster cluster, View view) {
        this.folder = folder;
        this.config = config;
        this.cluster = cluster;
        this.view = view;
        this.resident = new Resident(cluster.brokerPid());
    }

    /**
     * What came of a recipe.
     *
     * @param figures for the report
     * @param after the last assessment
     * @param groups what its training log says about groups
     */
    record Result(ReportData.Recipe figures, Assessment after, List<GroupStudy> groups) {}

    /**
     * Runs it.
     *
     * @param coldStartSeconds how long the cold start took, for the report
     * @param stop ends reinforcement learning early
     */
    Result run(double coldStartSeconds, BooleanSupplier stop, Stopwatch elapsed) throws InterruptedException {
        Assessment before = assess(folder.coldStartWeights(), "before", 0, elapsed);
        RlStage.Outcome outcome = new RlStage(folder, config, cluster, view, resident).run(stop, elapsed);
        boolean best = outcome.health().stopped() && outcome.health().bestVersion() >= 0;
        long version = best ? outcome.health().bestVersion() : outcome.version();
        Path weights = best ? folder.bestWeights() : folder.weights(version);
        if (outcome.health().stopped()) {
            view.say("stopped by its health; evaluating version " + version + (best ? ", the best" : ""));
        }
        Assessment after = assess(weights, "after", version, elapsed);
        decide(weights, version);
        TrainingLog log = TrainingLog.read(cluster.clients(), config);
        publishProbe(before.recall(log.retrieved()), 0);
        publishProbe(after.recall(log.retrieved()), version);
        ReportData.Throughput speed = outcome.throughput();
        ReportData.Recipe figures = new ReportData.Recipe(
                config.reward().recipe(),
                before.evaluations(),
                after.evaluations(),
                before.recall(log.retrieved()),
                after.recall(log.retrieved()),
                outcome.curves(),
                new ReportData.Throughput(
                        speed.stepsPerMinute(),
                        speed.rolloutsPerMinute(),
                        speed.generatedTokensPerSecond(),
                        speed.trainedTokensPerSecond(),
                        coldStartSeconds,
                        speed.reinforcementSeconds()),
                outcome.accounting(),
                resident.peak(),
                before.examples(),
                after.examples(),
                outcome.health());
        return new Result(figures, after, log.thirds());
    }

    /** What a run ends with serves if it passes the gate: then it can be asked at once. */
    private void decide(Path weights, long version) {
        try (PromotionGate gate = new Roles(folder, config, cluster.clients(), 1).gate()) {
            Promotion decision = gate.decided(version)
                    .orElseGet(() -> StoreUnavailable.waitedOut(() -> gate.consider(weights, version, "final")));
            view.say("version %d: %s, %s"
                    .formatted(version, PromotionCommands.word(decision.getDecision()), decision.getCause()));
        }
    }

    private Assessment assess(Path weights, String when, long version, Stopwatch elapsed) {
        view.show(Progress.of("evaluation " + when + " reinforcement learning", 0, elapsed.elapsed()));
        Torch.threads(Runtime.getRuntime().availableProcessors());
        try (Tokenizer tokenizer = Tokenizer.load(folder.tokenizer());
                Retriever retriever = new Preparation(folder, config, line -> {}).retriever();
                Evaluator evaluator =
                        new Evaluator(config, ModelConfig.read(folder.modelConfig()), weights, tokenizer, retriever)) {
            Assessment assessment = Assessment.of(evaluator, folder);
            resident.measure();
            assessment.evaluations().stream().filter(e -> e.hops() == 0).forEach(e -> say(when, e));
            publish(assessment.evaluations(), version);
            return assessment;
        }
    }

    private void say(String when, Evaluation e) {
        view.say("%s, %s: accuracy %.3f, searches %.2f a question, %d questions"
                .formatted(when, e.dataset(), e.accuracy(), e.searches(), e.questions()));
    }

    private void publish(List<Evaluation> evaluations, long version) {
        Map<String, Map<String, Map<String, Double>>> slices = new HashMap<>();
        evaluations.stream().filter(e -> e.hops() > 0).forEach(e -> slices.computeIfAbsent(
                        e.dataset(), d -> new HashMap<>())
                .put("hops=" + e.hops(), metrics(e)));
        try (EvaluationEvents events = new EvaluationEvents(cluster.clients(), config, version)) {
            evaluations.stream()
                    .filter(e -> e.hops() == 0)
                    .forEach(e -> events.publish(
                            e.dataset(), e.questions(), metrics(e), slices.getOrDefault(e.dataset(), Map.of())));
        }
    }

    private void publishProbe(List<Recall> probe, long version) {
        try (EvaluationEvents events = new EvaluationEvents(cluster.clients(), config, version)) {
            events.probe(probe);
        }
    }

    private static Map<String, Double> metrics(Evaluation e) {
        return Map.of(
                "accuracy", e.accuracy(),
                "em", e.exactMatch(),
                "f1", e.f1(),
                "searches", e.searches(),
                "well-formed", e.wellFormed());
    }
}
