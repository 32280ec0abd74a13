package dev.seine.app.rescore;

import dev.seine.app.train.Cluster;
import dev.seine.app.train.RunOptions;
import dev.seine.streams.memory.RuleBasedRewriter;
import dev.seine.streams.reward.RewardSchedule;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine rescore}: the same history under other rewards, and what that changes. */
@Command(
        name = "rescore",
        description = {
            "Score a past run's trajectories anew, by the run's own rewards or those of --recipe, with --config and --set.",
            "Needs no model. With the same rewards the records come out the same, byte for byte."
        },
        mixinStandardHelpOptions = true)
public final class RescoreCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Write the new records as Avro files, one for each topic and partition.")
    private @Nullable Path out;

    @Option(
            names = "--into",
            paramLabel = "NAME",
            description = "Write them into topics beside the run's: scored-trajectories.NAME, memory-samples.NAME.")
    private @Nullable String into;

    @Option(names = "--threads", paramLabel = "N", description = "Partitions scored at a time (default: the cores).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() throws InterruptedException {
        RewardSchedule rewards = options.begunOrRecipe().rewardSchedule();
        try (Cluster cluster = options.observe(refused -> {})) {
            long started = System.nanoTime();
            Difference difference;
            if (out != null) {
                try (RecordFiles files = new RecordFiles(out)) {
                    difference = run(cluster, rewards, files);
                }
            } else if (into != null) {
                try (RecordTopics topics = new RecordTopics(cluster.clients(), into)) {
                    difference = run(cluster, rewards, topics);
                }
            } else {
                difference = run(cluster, rewards, (partition, key, value) -> {});
            }
            double seconds = (System.nanoTime() - started) / 1e9;
            System.out.printf(
                    "recipe %s, configuration %.12s%n",
                    rewards.rest().recipe(), rewards.rest().sha256());
            difference.lines().forEach(System.out::println);
            System.out.printf(
                    "%.1f s, %,.0f trajectories/s with %d threads%n",
                    seconds, difference.rollouts() / seconds, threads);
            return difference.rollouts() > 0 ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private Difference run(Cluster cluster, RewardSchedule rewards, Rescoring.Output output)
            throws InterruptedException {
        return new Rescoring(cluster.clients(), rewards, new RuleBasedRewriter(), output).run(threads);
    }
}
