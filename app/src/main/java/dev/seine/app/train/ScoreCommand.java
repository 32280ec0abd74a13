package dev.seine.app.train;

import dev.seine.app.Logging;
import dev.seine.app.Main;
import dev.seine.app.config.ConfigException;
import dev.seine.streams.recorded.RecordedScore;
import dev.seine.streams.reward.Recipe;
import dev.seine.streams.reward.RewardConfig;
import dev.seine.streams.reward.WorkedExample;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code seine score}: the reward topology on its own, or a file of recorded trajectories through it. */
@Command(
        name = "score",
        description = {
            "Run the reward topology on its own, against --bootstrap.",
            "With --trajectories: score a file of trajectories that another system recorded.",
            "With --examples: check the configured rewards against examples computed by hand."
        },
        mixinStandardHelpOptions = true)
public final class ScoreCommand extends RoleCommands.RoleCommand {
    @Option(
            names = "--trajectories",
            paramLabel = "FILE",
            description = "Recorded trajectories (JSONL, R1-Searcher's results).")
    private @Nullable Path trajectories;

    @Option(
            names = "--examples",
            paramLabel = "FILE",
            description = "Worked examples (JSON) to hold the configured rewards against.")
    private @Nullable Path examples;

    @Option(
            names = "--name",
            description = "Name of this instance, whose state has a folder of its own (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:SEINE_NAME:-rewards-1}")
    private String name;

    @Option(names = "--out", paramLabel = "FILE", description = "One line of JSON a record, in the order of the input.")
    private @Nullable Path out;

    @Override
    void work(RunFolder folder, RunConfig config, Roles roles) throws InterruptedException {
        turn(roles.rewards(name), () -> false);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (examples != null) {
            return check(examples, options.fresh(List.of()).reward());
        }
        if (trajectories == null) {
            return super.call();
        }
        if (!Files.isRegularFile(trajectories)) {
            throw new ConfigException("no file " + trajectories);
        }
        Recipe recipe = Recipe.of(options.recipe == null ? Recipe.R1_SEARCHER_STAGE_2.id() : options.recipe);
        RunFolder folder = new RunFolder(scratch());
        folder.create();
        Logging.toFile(folder.logs().resolve("seine.log"));
        int[] refused = {0};
        List<RecordedScore> scores;
        try (Cluster cluster = Cluster.open(folder, options.bootstrap, options.registry, Map.of())) {
            scores = new RecordedScoring(cluster, recipe.rewards(), folder.streamsState())
                    .score(trajectories, message -> {
                        System.err.println("left out " + message);
                        refused[0]++;
                    });
        }
        if (out != null) {
            write(out, scores);
        }
        System.out.printf("%s: %d trajectories scored by %s%n", trajectories.getFileName(), scores.size(), recipe.id());
        System.out.printf(
                "EM %.3f  CEM %.3f  F1 %.5f  searches %.3f  reward %.5f  format violations %d%n",
                mean(scores, RecordedScore::em),
                mean(scores, RecordedScore::cem),
                mean(scores, RecordedScore::f1),
                mean(scores, RecordedScore::searches),
                mean(scores, RecordedScore::reward),
                scores.stream().filter(RecordedScore::formatViolation).count());
        return refused[0] == 0 ? Main.DONE : Main.FAILED;
    }

    /** Prints where the rewards differ from the examples. */
    private static int check(Path examples, RewardConfig rewards) {
        try (InputStream in = Files.newInputStream(examples)) {
            List<WorkedExample> all = WorkedExample.read(in);
            List<String> differences =
                    all.stream().flatMap(e -> e.differences(rewards).stream()).toList();
            differences.forEach(System.out::println);
            System.out.printf(
                    "%d worked examples by %s, %d differences%n", all.size(), rewards.recipe(), differences.size());
            return differences.isEmpty() ? Main.DONE : Main.FAILED;
        } catch (IOException e) {
            throw new ConfigException("worked examples " + examples + " cannot be read: " + e.getMessage());
        }
    }

    private static Path scratch() {
        try {
            return Files.createTempDirectory("seine-score");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder", e);
        }
    }

    private static void write(Path out, List<RecordedScore> scores) {
        try (BufferedWriter writer = Files.newBufferedWriter(out)) {
            for (RecordedScore score : scores) {
                writer.write(score.toJson());
                writer.newLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + out, e);
        }
    }

    private static double mean(List<RecordedScore> scores, ToDoubleFunction<RecordedScore> figure) {
        return scores.stream().mapToDouble(figure).average().orElse(0);
    }
}
