package dev.seine.app.train;

import dev.seine.app.report.Evaluation;
import dev.seine.app.report.ReportData;
import dev.seine.app.view.Progress;
import dev.seine.app.view.View;
import dev.seine.event.MemorySample;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.Torch;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
     * Runs it.
     *
     * @param coldStartSeconds how long the cold start took, for the report
     * @param stop ends reinforcement learning early
     */
    ReportData.Recipe run(double coldStartSeconds, BooleanSupplier stop, Stopwatch elapsed)
            throws InterruptedException {
        Assessment before = assess(folder.coldStartWeights(), "before", 0, elapsed);
        RlStage.Outcome outcome = new RlStage(folder, config, cluster, view, resident).run(stop, elapsed);
        boolean best = outcome.health().stopped() && outcome.health().bestVersion() >= 0;
        long version = best ? outcome.health().bestVersion() : outcome.version();
        Path weights = best ? folder.bestWeights() : folder.weights(version);
        if (outcome.health().stopped()) {
            view.say("stopped by its health; evaluating version " + version + (best ? ", the best" : ""));
        }
        Assessment after = assess(weights, "after", version, elapsed);
        Set<String> retrieved = retrieved();
        ReportData.Throughput speed = outcome.throughput();
        return new ReportData.Recipe(
                config.reward().recipe(),
                before.evaluations(),
                after.evaluations(),
                before.recall(retrieved),
                after.recall(retrieved),
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
        try (EventProducer producer = cluster.clients().producer("evaluator")) {
            evaluations.stream()
                    .filter(e -> e.hops() == 0)
                    .forEach(e -> producer.send(
                            Topics.EVALUATIONS,
                            config.run().policy(),
                            dev.seine.event.Evaluation.newBuilder()
                                    .setPolicy(config.run().policy())
                                    .setVersion(version)
                                    .setStep(version)
                                    .setDataset(e.dataset())
                                    .setRecipe(config.reward().recipe())
                                    .setQuestions(e.questions())
                                    .setMetrics(metrics(e))
                                    .setSlices(slices.getOrDefault(e.dataset(), Map.of()))
                                    .setAtMs(Clock.systemUTC().millis())
                                    .build()));
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

    /** Passages whose facts went into memory samples. */
    private Set<String> retrieved() {
        Set<String> ids = new HashSet<>();
        try (EventConsumer<MemorySample> samples = cluster.clients().assign(Topics.MEMORY_SAMPLES, "report")) {
            samples.readToEnd().forEach(event -> ids.addAll(event.value().getPassageIds()));
        }
        return ids;
    }
}
