package dev.seine.app.train;

import dev.seine.app.Versions;
import dev.seine.app.config.ConfigText;
import dev.seine.app.report.ReportData;
import dev.seine.app.report.ReportWriter;
import dev.seine.app.view.View;
import dev.seine.policy.ModelConfig;
import dev.seine.topics.Telemetry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The whole run: cold start, then one or more recipes from it, then the report. Each recipe has a run folder and a broker of
 * its own, so that recipes cannot mix; the second and later ones share the first one's data and cold start.
 */
final class TrainRun {
    private final RunFolder folder;
    private final RunOptions options;
    private final Path report;
    private final View view;
    private final BooleanSupplier stop;
    private final Telemetry telemetry;
    private final Stopwatch elapsed = new Stopwatch();
    private final Instant started = Instant.now();

    TrainRun(RunFolder folder, RunOptions options, Path report, View view, BooleanSupplier stop) {
        this(folder, options, report, view, stop, Telemetry.none());
    }

    TrainRun(RunFolder folder, RunOptions options, Path report, View view, BooleanSupplier stop, Telemetry telemetry) {
        this.telemetry = telemetry;
        this.folder = folder;
        this.options = options;
        this.report = report;
        this.view = view;
        this.stop = stop;
    }

    /**
     * What came of a run.
     *
     * @param page the report's page
     * @param collapsed whether the health of a recipe ended it
     */
    record Ended(Path page, boolean collapsed) {}

    /**
     * Runs the first configuration in the folder itself and the others in folders below it; the data must be prepared.
     */
    Ended run(RunConfig config, List<RunConfig> compared) throws InterruptedException {
        List<ReportData.Recipe> recipes = new ArrayList<>();
        view.say(MemoryPlan.of(ModelConfig.read(folder.modelConfig()), config)
                .within(MemoryPlan.available(config.device())));
        double coldStart = new ColdStartStage(folder, config, view, stop).run(elapsed);
        recipes.add(recipe(folder, config, coldStart));
        for (RunConfig other : compared) {
            if (!stop.getAsBoolean()) {
                RunFolder own =
                        folder.comparison(other.reward().recipe()).create().startFrom(folder);
                RunConfig stored = other.below("compare/" + other.reward().recipe());
                RunOptions.record(own, stored);
                recipes.add(recipe(own, stored, 0));
            }
        }
        ReportData data = new ReportData(about(config), ConfigText.toml(config), recipes, List.of());
        return new Ended(ReportWriter.write(data, report), recipes.stream().anyMatch(recipe -> recipe.health()
                .stopped()));
    }

    private ReportData.Recipe recipe(RunFolder own, RunConfig config, double coldStart) throws InterruptedException {
        view.say("recipe " + config.reward().recipe() + " in " + own.root());
        try (Cluster cluster = Cluster.open(own, options.bootstrap, options.registry, config.kafka(), telemetry)) {
            return new RecipeRun(own, config, cluster, view)
                    .run(coldStart, stop, elapsed)
                    .figures();
        }
    }

    private ReportData.Run about(RunConfig config) {
        return new ReportData.Run(
                folder.root().getFileName().toString(),
                started,
                elapsed.seconds(),
                config.run().seed(),
                Versions.all(),
                machine());
    }

    /** The machine that this process runs on. */
    static ReportData.Machine machine() {
        return new ReportData.Machine(
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                Runtime.getRuntime().availableProcessors(),
                ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getTotalMemorySize(),
                System.getProperty("java.vm.name") + " " + Runtime.version());
    }
}
