package dev.seine.app.train;

import dev.seine.app.Main;
import dev.seine.app.operations.Operations;
import dev.seine.app.operations.OperationsOptions;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine registry}: the schema registry on its own, on brokers that are there. */
@Command(
        name = "registry",
        description = {
            "Run the schema registry on the brokers of --bootstrap, whose topic _schemas is its state, until Ctrl-C.",
            "One at a time may write: a registry started later takes over. It asks nobody who they are: keep it in a private network."
        },
        mixinStandardHelpOptions = true)
public final class RegistryCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Mixin
    private RunOptions options;

    @Mixin
    private OperationsOptions operationsOptions;

    @Option(names = "--port", description = "Port (default: ${DEFAULT-VALUE}).", defaultValue = "8081")
    private int port;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description = "Address to listen on (default: ${DEFAULT-VALUE}).",
            defaultValue = "127.0.0.1")
    private String bind;

    @Override
    public Integer call() throws InterruptedException {
        if (options.bootstrap.isEmpty()) {
            throw new IllegalArgumentException("a registry on its own needs --bootstrap HOST:PORT");
        }
        Connection brokers =
                new Connection(options.bootstrap, "", options.fresh(List.of()).kafka());
        try (StopSignal stop = StopSignal.listen(PATIENCE);
                Operations operations = operationsOptions.open();
                EmbeddedRegistry registry = EmbeddedRegistry.start(brokers, new InetSocketAddress(bind, port))) {
            operations.serving(stop);
            System.out.println("--registry " + registry.url());
            stop.await();
        }
        return Main.DONE;
    }
}
