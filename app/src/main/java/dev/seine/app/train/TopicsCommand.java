package dev.seine.app.train;

import dev.seine.app.Main;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.TopicSizes;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code seine topics}: what the topics hold and how far behind their readers are. */
@Command(name = "topics", description = "List topics with their sizes and lag.", mixinStandardHelpOptions = true)
public final class TopicsCommand implements Callable<Integer> {
    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "The brokers; empty opens the data in --run.",
            defaultValue = "")
    private String bootstrap;

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "Folder of a run that is not running (default: ${DEFAULT-VALUE}).",
            defaultValue = "runs/atlas")
    private java.nio.file.Path run;

    @Override
    public Integer call() {
        if (bootstrap.isEmpty()) {
            RunFolder folder = new RunFolder(run);
            if (!java.nio.file.Files.isDirectory(folder.broker())) {
                throw new IllegalArgumentException("no broker data in " + folder.broker()
                        + ": name a cluster with --bootstrap or a run with --run");
            }
            try (Cluster cluster = Cluster.open(folder, "", "", Map.of())) {
                print(cluster.clients().sizes());
            }
        } else {
            try (Clients clients = new Clients(Connection.of(bootstrap, ""))) {
                clients.check(Clients.PATIENCE);
                print(clients.sizes());
            }
        }
        return Main.DONE;
    }

    private static void print(TopicSizes sizes) {
        System.out.printf(
                "%-22s %10s %12s %12s  %s%n", "topic", "partitions", "records", "KiB", "lag by consumer group");
        for (TopicSizes.Size size : sizes.topics()) {
            String bytes =
                    size.bytes().isPresent() ? "%,d".formatted(size.bytes().getAsLong() / 1024) : "?";
            String lag = size.lag().entrySet().stream()
                    .map(e -> e.getKey() + " " + e.getValue())
                    .collect(Collectors.joining(", "));
            System.out.printf(
                    "%-22s %10d %,12d %12s  %s%n", size.name(), size.partitions(), size.records(), bytes, lag);
        }
    }
}
