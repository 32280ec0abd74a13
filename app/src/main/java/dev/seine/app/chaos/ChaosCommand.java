package dev.seine.app.chaos;

import dev.seine.app.Logging;
import dev.seine.app.Main;
import dev.seine.app.audit.Audit;
import dev.seine.app.audit.AuditReport;
import dev.seine.app.train.RunFolder;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code seine chaos}: a drill. */
@Command(
        name = "chaos",
        description = {
            "Train with every role in a process of its own, kill, stop and confuse them as a seed says,",
            "and check from the log that nothing was lost and nothing done twice."
        },
        mixinStandardHelpOptions = true)
public final class ChaosCommand implements Callable<Integer> {
    private static final String POLICY = "chaos";
    private static final int QUESTIONS = 4;
    private static final Duration SETTLED = Duration.ofSeconds(1);
    /** Small enough for eleven processes on two cores. */
    private static final List<String> SMALL = List.of(
            "run.policy=" + POLICY,
            "atlas.training-questions=800",
            "atlas.evaluation-questions=20",
            "demonstrations.count=4000",
            "model.hidden-size=64",
            "model.intermediate-size=128",
            "cold-start.steps=600",
            "cold-start.batch-tokens=2176",
            "cold-start.micro-batch-tokens=2176",
            "rl.questions-per-step=" + QUESTIONS,
            "rl.group-size=8",
            "rl.max-staleness=2",
            "generate.slots=32",
            "generate.max-queued=16",
            "learn.memory.batch=8",
            "learn.rehearsal.batch=8",
            "learn.checkpoint.every=10",
            "learn.checkpoint.keep=3");

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "Folder of the run, which must be new (default: ${DEFAULT-VALUE}).",
            defaultValue = "runs/chaos")
    private Path run;

    @Option(names = "--seed", description = "Seed of run and faults (default: ${DEFAULT-VALUE}).", defaultValue = "1")
    private long seed;

    @Option(names = "--steps", description = "Learner steps (default: ${DEFAULT-VALUE}).", defaultValue = "300")
    private int steps;

    @Option(
            names = "--minutes",
            description = "Longest duration after the cold start (default: ${DEFAULT-VALUE}).",
            defaultValue = "25")
    private int minutes;

    @Option(names = "--undisturbed", description = "The same processes without faults, for comparison.")
    private boolean undisturbed;

    @Override
    public Integer call() throws IOException, InterruptedException {
        RunFolder folder = new RunFolder(run);
        if (folder.begun()) {
            throw new IllegalArgumentException(
                    "there is a run in " + folder.root() + " already; choose another folder");
        }
        prepare(folder.create());
        Logging.toFile(folder.logs().resolve("chaos.log"));
        try (Fleet fleet = new Fleet(folder)) {
            Runtime.getRuntime().addShutdownHook(new Thread(fleet::close, "chaos-end"));
            fleet.start(3, 2, 2);
            try (Clients clients = new Clients(Connection.of(fleet.bootstrap(), fleet.registry()))) {
                return disturb(folder, fleet, clients) ? Main.DONE : Main.FAILED;
            }
        }
    }

    private void prepare(RunFolder folder) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("prepare", "--seed", Long.toString(seed)));
        SMALL.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        arguments.addAll(List.of("--set", "rl.steps=" + steps));
        int status = new ProcessBuilder(Fleet.seine(folder, arguments))
                .inheritIO()
                .start()
                .waitFor();
        if (status != Main.DONE) {
            throw new IllegalStateException("the cold start ended with status " + status);
        }
    }

    private boolean disturb(RunFolder folder, Fleet fleet, Clients clients) throws InterruptedException {
        List<Fault> plan = undisturbed
                ? List.of()
                : Fault.plan(seed, fleet.named("generator"), fleet.named("retrieval"), fleet.named("rewards"));
        ChaosRun chaos = new ChaosRun(
                fleet, clients, POLICY, folder.checkpoints(), steps, plan, line -> System.out.println(line));
        try (Junk junk = undisturbed ? null : new Junk(clients, seed)) {
            boolean finished = chaos.run(Duration.ofMinutes(minutes), junk);
            fleet.quiesce();
            AuditReport report = audit(fleet);
            print(chaos, junk == null ? 0 : junk.sent(), fleet);
            report.lines().forEach(System.out::println);
            report.write(folder.root().resolve("audit.json"));
            if (!finished) {
                System.out.println("the time ran out");
            }
            return finished && report.holds();
        } finally {
            chaos.close();
        }
    }

    /** The roles have ended: what is not accounted for now never will be. */
    private static AuditReport audit(Fleet fleet) {
        Audit audit = new Audit(SETTLED);
        try (Clients observer =
                Clients.observer(Connection.of(fleet.bootstrap(), fleet.registry()), audit::unreadable)) {
            return audit.run(observer);
        }
    }

    private static void print(ChaosRun chaos, long junk, Fleet fleet) {
        System.out.println("\nkills " + chaos.kills() + ", undecodable records " + junk + ", restarts "
                + fleet.endings().size());
        System.out.printf("%-12s %6s %10s %10s%n", "role", "kills", "median s", "longest s");
        chaos.recovered().forEach((role, seconds) -> {
            List<Double> sorted = new ArrayList<>(seconds);
            Collections.sort(sorted);
            System.out.printf(
                    "%-12s %6d %10.1f %10.1f%n",
                    role, sorted.size(), sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
        });
        fleet.endings().stream()
                .filter(ending -> !ending.endsWith(" 137"))
                .forEach(ending -> System.out.println("ended by itself: " + ending));
        curve(chaos.metrics());
    }

    private static void curve(Map<Long, Map<String, Double>> metrics) {
        System.out.printf("%-12s %8s %8s %9s %10s%n", "steps", "reward", "correct", "searches", "staleness");
        int parts = 6;
        long size = Math.max(1, (metrics.size() + parts - 1) / parts);
        for (long from = 1; from <= metrics.size(); from += size) {
            long first = from;
            long last = from + size - 1;
            System.out.printf("%-12s", first + ".." + last);
            for (String name : List.of("reward", "correct", "searches", "staleness-mean")) {
                double mean = metrics.entrySet().stream()
                        .filter(e -> e.getKey() >= first
                                && e.getKey() <= last
                                && e.getValue().containsKey(name))
                        .mapToDouble(e -> e.getValue().get(name))
                        .average()
                        .orElse(Double.NaN);
                System.out.printf(" %9.3f", mean);
            }
            System.out.println();
        }
    }
}
