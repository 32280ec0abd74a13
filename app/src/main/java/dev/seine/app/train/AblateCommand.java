package dev.seine.app.train;

import dev.seine.app.Logging;
import dev.seine.app.Main;
import dev.seine.app.config.Source;
import dev.seine.app.train.AblationRun.AblationFolder;
import dev.seine.app.view.View;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code seine ablate}: a declared grid of runs from shared cold starts, and what comes of it as tables and plots. */
@Command(
        name = "ablate",
        description = {
            "Run the arms of a grid with each of its seeds, from one shared cold start a seed, and compare them.",
            "The same command again goes on where it was cut short."
        },
        mixinStandardHelpOptions = true)
public final class AblateCommand implements Callable<Integer> {
    private static final Duration PLAIN_EVERY = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Parameters(
            paramLabel = "GRID",
            description = "A grid that comes with the program (method, mu, eta), or a TOML file.")
    private String name;

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "Folder of all runs; grids that share it share equal arms (default: ${DEFAULT-VALUE}).",
            defaultValue = "runs/ablation")
    private Path run;

    @Option(names = "--seeds", split = ",", paramLabel = "N", description = "These seeds instead of the grid's.")
    private List<Long> seeds = new ArrayList<>();

    @Option(names = "--arms", split = ",", paramLabel = "NAME", description = "Only these arms of the grid.")
    private List<String> only = new ArrayList<>();

    @Option(names = "--rl-steps", paramLabel = "N", description = "Steps of reinforcement learning of every arm.")
    private @Nullable Integer steps;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting of every arm, over the grid's; may be repeated.")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--report", paramLabel = "DIR", description = "Folder of the report (default: RUN/report-GRID).")
    private @Nullable Path report;

    @Option(names = "--dry-run", description = "Check the grid and list its runs; run nothing.")
    private boolean dryRun;

    @Override
    public Integer call() throws InterruptedException {
        Source.Document file = Source.ablation(name);
        Grid grid = Grid.load(file).only(seeds, only);
        List<String> over = new ArrayList<>(settings);
        if (steps != null) {
            over.add("rl.steps=" + steps);
        }
        Map<Long, Map<String, RunConfig>> configs = new LinkedHashMap<>();
        grid.seeds().forEach(seed -> configs.put(seed, grid.configs(file, seed, over)));
        AblationFolder folder = new AblationFolder(run.toAbsolutePath());
        if (dryRun) {
            folder.refuseOthers(configs);
            list(folder, configs);
            return Main.DONE;
        }
        return run(folder, grid, configs);
    }

    private int run(AblationFolder folder, Grid grid, Map<Long, Map<String, RunConfig>> configs)
            throws InterruptedException {
        new RunFolder(folder.root()).check();
        Logging.toFile(folder.root().resolve("seine.log"));
        try (StopSignal stop = StopSignal.listen(PATIENCE);
                View view = View.open(PLAIN_EVERY, System::nanoTime)) {
            String stem = Path.of(name).getFileName().toString().replaceAll("\\.toml$", "");
            Path pages = report == null ? folder.root().resolve("report-" + stem) : report;
            List<String> failures = new AblationRun(folder, grid, pages, view, stop).run(configs);
            failures.forEach(failure -> System.err.println("seine: " + failure));
            return failures.isEmpty() && !stop.getAsBoolean() ? Main.DONE : Main.FAILED;
        }
    }

    private static void list(AblationFolder folder, Map<Long, Map<String, RunConfig>> configs) {
        configs.forEach((seed, arms) -> arms.forEach((arm, config) -> System.out.printf(
                "seed %d  %-28s %5d steps  %s  %s%n",
                seed,
                arm,
                config.rl().steps(),
                folder.start(seed, config).root().getFileName(),
                folder.finished(seed, arm) ? "finished" : folder.run(seed, arm).begun() ? "begun" : "to do")));
    }
}
