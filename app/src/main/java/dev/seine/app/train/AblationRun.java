package dev.seine.app.train;

import dev.seine.app.Failures;
import dev.seine.app.config.ConfigException;
import dev.seine.app.report.AblationData;
import dev.seine.app.report.AblationWriter;
import dev.seine.app.report.Answered;
import dev.seine.app.report.ArmRun;
import dev.seine.app.view.View;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * All arms of a grid with all its seeds, one after the other. Each run has a folder and a broker of its own. Arms that
 * prepare alike share, seed by seed, one cold start, made once and copied. A run that is finished is not run again, one that
 * was cut short goes on from its checkpoint; a run that fails does not keep the others from running.
 */
final class AblationRun {
    private final AblationFolder folder;
    private final Grid grid;
    private final Path report;
    private final View view;
    private final BooleanSupplier stop;
    private final Stopwatch elapsed = new Stopwatch();
    private final List<String> failures = new ArrayList<>();

    AblationRun(AblationFolder folder, Grid grid, Path report, View view, BooleanSupplier stop) {
        this.folder = folder;
        this.grid = grid;
        this.report = report;
        this.view = view;
        this.stop = stop;
    }

    /**
     * Runs what is not finished and writes the report after each run.
     *
     * @param configs by seed and arm
     * @return what failed, a line each
     * @throws ConfigException before anything runs, if the folder holds a run with other settings
     */
    List<String> run(Map<Long, Map<String, RunConfig>> configs) throws InterruptedException {
        folder.refuseOthers(configs);
        for (Map.Entry<Long, Map<String, RunConfig>> seed : configs.entrySet()) {
            for (Map.Entry<String, RunConfig> arm : seed.getValue().entrySet()) {
                if (!stop.getAsBoolean() && !folder.finished(seed.getKey(), arm.getKey())) {
                    attempt(seed.getKey(), arm.getKey(), arm.getValue());
                    report(configs);
                }
            }
        }
        view.say("report: " + report(configs));
        return List.copyOf(failures);
    }

    private void attempt(long seed, String arm, RunConfig config) throws InterruptedException {
        view.say("arm " + arm + ", seed " + seed);
        try {
            arm(seed, arm, config);
        } catch (Stopped e) {
            view.say(Failures.line(e));
        } catch (RuntimeException e) {
            if (stop.getAsBoolean()) {
                throw e;
            }
            String failure = "arm " + arm + ", seed " + seed + ": " + Failures.line(e);
            failures.add(failure);
            view.say("failed: " + failure);
        }
    }

    private void arm(long seed, String arm, RunConfig config) throws InterruptedException {
        RunFolder start = folder.start(seed, config).create();
        if (!start.begun()) {
            new Preparation(start, config, view::say).run(null, null, null);
        }
        double coldStart = new ColdStartStage(start, config, view, stop).run(elapsed);
        RunFolder own = folder.run(seed, arm).create();
        if (!own.begun()) {
            RunOptions.record(own.startFrom(start), config);
        }
        try (Cluster cluster = Cluster.open(own, "", "", config.kafka())) {
            RecipeRun.Result result = new RecipeRun(own, config, cluster, view).run(coldStart, stop, elapsed);
            if (!stop.getAsBoolean()) {
                String name = start.root().getFileName().toString();
                AblationWriter.save(
                        new ArmRun(arm, seed, name, result.figures(), answers(result.after()), result.groups()),
                        folder.result(seed, arm));
            }
        }
    }

    private static List<Answered> answers(Assessment assessment) {
        List<Answered> answers = new ArrayList<>();
        assessment
                .answers()
                .forEach((set, list) -> list.forEach(answer -> answers.add(new Answered(
                        set,
                        answer.getTrajectory().getQuestionId(),
                        answer.getCem() == 1,
                        answer.getTrajectory().getSearches()))));
        return answers;
    }

    private Path report(Map<Long, Map<String, RunConfig>> configs) {
        List<ArmRun> runs = new ArrayList<>();
        configs.forEach((seed, arms) -> arms.keySet().stream()
                .filter(arm -> folder.finished(seed, arm))
                .forEach(arm -> runs.add(AblationWriter.read(folder.result(seed, arm)))));
        Map<String, String> about = new LinkedHashMap<>();
        grid.arms().forEach((name, arm) -> about.put(name, arm.about().orElse(grid.settings(arm))));
        return AblationWriter.write(new AblationData(grid.title(), about, runs, TrainRun.machine()), report);
    }

    /** Where an ablation keeps everything: the one home of its file names. */
    record AblationFolder(Path root) {
        RunFolder run(long seed, String arm) {
            return new RunFolder(seed(seed).resolve("arms").resolve(arm));
        }

        /** The cold start that this configuration begins from; arms that prepare alike have the same. */
        RunFolder start(long seed, RunConfig config) {
            return new RunFolder(seed(seed).resolve("start-" + config.startId()));
        }

        Path result(long seed, String arm) {
            return run(seed, arm).root().resolve("finished.json");
        }

        boolean finished(long seed, String arm) {
            return Files.exists(result(seed, arm));
        }

        /**
         * Makes sure that what was begun here was begun with these configurations, by seed and arm.
         *
         * @throws ConfigException naming every run that has other settings
         */
        void refuseOthers(Map<Long, Map<String, RunConfig>> configs) {
            List<String> others = new ArrayList<>();
            configs.forEach((seed, arms) -> arms.forEach((arm, config) -> {
                RunFolder run = run(seed, arm);
                if (run.begun() && !begun(run).equals(config)) {
                    others.add("arm " + arm + ", seed " + seed + ": " + run.root()
                            + " was begun with other settings; choose another folder with --run, or remove it");
                }
            }));
            if (!others.isEmpty()) {
                throw new ConfigException(others);
            }
        }

        private static RunConfig begun(RunFolder run) {
            return RunConfig.recorded(run);
        }

        private Path seed(long seed) {
            return root.resolve("seed-" + seed);
        }
    }
}
