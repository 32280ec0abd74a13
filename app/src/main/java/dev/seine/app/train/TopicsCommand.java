package dev.seine.app.train;

import dev.seine.app.Main;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.TopicSizes;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code seine topics}: what the topics hold and how far behind their readers are. */
@Command(name = "topics", description = "List topics with their sizes and lag.", mixinStandardHelpOptions = true)
public final class TopicsCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @Override
    public Integer call() {
        if (options.bootstrap.isEmpty()) {
            try (Cluster cluster = options.observe(refused -> {})) {
                print(cluster.clients().sizes());
            }
        } else {
            try (Clients clients = new Clients(new Connection(options.bootstrap, "", options.kafka()))) {
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
