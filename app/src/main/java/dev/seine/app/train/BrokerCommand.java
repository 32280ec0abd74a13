package dev.seine.app.train;

import dev.seine.app.Main;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code seine broker}: the embedded broker and registry on their own, for roles in processes of their own. */
@Command(
        name = "broker",
        description = "Run the embedded broker and schema registry until Ctrl-C.",
        mixinStandardHelpOptions = true)
public final class BrokerCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @Override
    public Integer call() throws InterruptedException {
        RunFolder folder = options.folder().create();
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.countDown();
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        try (Cluster cluster = Cluster.open(folder, "", "", Map.of())) {
            System.out.println("--bootstrap " + cluster.connection().bootstrap() + " --registry "
                    + cluster.connection().registry());
            stop.await();
        } finally {
            ended.countDown();
        }
        return Main.DONE;
    }
}
