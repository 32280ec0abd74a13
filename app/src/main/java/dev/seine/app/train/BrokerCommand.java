package dev.seine.app.train;

import dev.seine.app.Main;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code seine broker}: the embedded broker and registry on their own, for roles in processes of their own. */
@Command(
        name = "broker",
        description =
                "Run the embedded broker and schema registry until Ctrl-C; on the same ports as last time if they are free.",
        mixinStandardHelpOptions = true)
public final class BrokerCommand implements Callable<Integer> {
    private static final Duration GLANCE = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Mixin
    private RunOptions options;

    @Override
    public Integer call() throws InterruptedException {
        RunFolder folder = options.folder().create();
        try (StopSignal stop = StopSignal.listen(PATIENCE);
                Cluster cluster = Cluster.open(folder, "", "", Map.of())) {
            System.out.println("--bootstrap " + cluster.connection().bootstrap() + " --registry "
                    + cluster.connection().registry());
            while (!stop.getAsBoolean()) {
                if (!cluster.brokerAlive()) {
                    throw new IllegalStateException("the broker has ended; see its log in " + folder.logs());
                }
                Thread.sleep(GLANCE.toMillis());
            }
        }
        return Main.DONE;
    }
}
