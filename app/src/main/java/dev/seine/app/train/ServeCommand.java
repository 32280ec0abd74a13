package dev.seine.app.train;

import dev.seine.app.Logging;
import dev.seine.app.Loop;
import dev.seine.app.Main;
import dev.seine.app.operations.Operations;
import dev.seine.app.operations.OperationsOptions;
import dev.seine.policy.Tokenizer;
import dev.seine.serving.AnswerService;
import dev.seine.serving.board.Board;
import dev.seine.streams.feedback.FeedbackUse;
import dev.seine.topics.Role;
import dev.seine.topics.Telemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine serve}: live answers over HTTP. */
@Command(
        name = "serve",
        description = {
            "Answer live questions over HTTP, with the version that was promoted.",
            "On its own: broker, retrieval, generator and HTTP in one process, over the run in --run; a run that is"
                    + " training is joined. With --bootstrap: HTTP alone, and 'seine answer' and 'seine retrieve' elsewhere."
        },
        mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {
    private static final Duration CLOSE = Duration.ofSeconds(30);
    private static final Duration GLANCE = Duration.ofMillis(200);

    @Mixin
    private RunOptions options;

    @Mixin
    private OperationsOptions operationsOptions;

    @Option(names = "--port", paramLabel = "PORT", description = "Port instead of serve.http.port; 0 takes a free one.")
    private @Nullable Integer port;

    @Option(names = "--host", paramLabel = "HOST", description = "Address instead of serve.http.host.")
    private @Nullable String host;

    @Option(
            names = "--name",
            description = "Name of this instance (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:SEINE_NAME:-service}")
    private String name;

    @Override
    public Integer call() throws InterruptedException {
        boolean alone = !options.bootstrap.isEmpty();
        List<String> more = new ArrayList<>();
        if (port != null) {
            more.add("serve.http.port=" + port);
        }
        if (host != null) {
            more.add("serve.http.host=" + host);
        }
        RunConfig config = alone && !options.known() ? options.fresh(more) : options.begun(more);
        RunFolder folder = options.folder().create();
        if (!alone) {
            Logging.toFile(folder.logs().resolve("serve.log"));
        }
        try (StopSignal stop = StopSignal.listen(CLOSE);
                Operations operations = operationsOptions.open();
                Cluster cluster = cluster(folder, config, alone, operations.telemetry())) {
            operations.serving(stop);
            serve(folder, config, new Roles(folder, config, cluster.clients(), 1), alone, operations, stop);
        }
        return Main.DONE;
    }

    private Cluster cluster(RunFolder folder, RunConfig config, boolean alone, Telemetry telemetry) {
        return alone
                ? Cluster.join(folder, options.bootstrap, options.registry, config.kafka(), telemetry)
                : Cluster.attach(folder, config.kafka(), telemetry);
    }

    private void serve(
            RunFolder folder, RunConfig config, Roles roles, boolean alone, Operations operations, StopSignal stop)
            throws InterruptedException {
        Board board = roles.board();
        List<Role> others = new ArrayList<>(List.of(roles.feed(name + "-board", board)));
        if (alone) {
            turn(roles.service(name, board), others, operations, stop);
            return;
        }
        if (config.feedback().use() != FeedbackUse.IGNORE) {
            others.add(roles.feedback(name + "-feedback"));
        }
        try (Tokenizer tokenizer = Tokenizer.load(folder.tokenizer())) {
            others.add(0, roles.limited(roles.answers(name + "-answers", tokenizer)));
            others.add(1, roles.retrieval(name + "-retrieval"));
            turn(roles.service(name, board), others, operations, stop);
        }
    }

    private static void turn(AnswerService service, List<Role> others, Operations operations, StopSignal stop)
            throws InterruptedException {
        List<Role> all = new ArrayList<>(List.of(service));
        all.addAll(others);
        System.out.println("answers at " + service.url() + "  (Ctrl-C ends it)");
        try (Loop loop = Loop.start(all, CLOSE, operations.telemetry().meters())) {
            operations.watch(loop, stop);
            loop.await(stop, () -> {}, GLANCE);
        }
    }
}
