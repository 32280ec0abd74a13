package dev.seine.app.train;

import dev.seine.app.Logging;
import dev.seine.app.Main;
import dev.seine.app.operations.Operations;
import dev.seine.app.operations.OperationsOptions;
import dev.seine.app.view.View;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine train}: everything, in one command. */
@Command(
        name = "train",
        description = {
            "Train a search agent end to end through Kafka and write a report.",
            "Without further options: the atlas world, an embedded broker, a small policy from scratch."
        },
        mixinStandardHelpOptions = true)
public final class TrainCommand implements Callable<Integer> {
    private static final Duration PLAIN_EVERY = Duration.ofSeconds(10);
    /** A run that is told to stop writes a checkpoint, evaluates and reports before it ends. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Mixin
    private RunOptions options;

    @Mixin
    private OperationsOptions operationsOptions;

    @Option(names = "--questions", paramLabel = "FILE", description = "Own questions (JSONL); needs --corpus.")
    private @Nullable Path questions;

    @Option(
            names = "--demonstrations",
            paramLabel = "FILE",
            description =
                    "Cold-start data (JSONL: prompt, response), as seine coldstart writes it, instead of the run's own.")
    private @Nullable Path demonstrations;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Begin with this model (Hugging Face layout, Qwen2 or Llama) instead of random weights.")
    private @Nullable Path model;

    @Option(names = "--corpus", paramLabel = "FILE", description = "Own passages (JSONL: title, text).")
    private @Nullable Path corpus;

    @Option(names = "--rl-steps", paramLabel = "N", description = "Steps of reinforcement learning.")
    private @Nullable Integer steps;

    @Option(
            names = "--compare",
            paramLabel = "RECIPE",
            description = "Run this recipe too, from the same cold start; may be repeated.")
    private List<String> compare = new ArrayList<>();

    @Option(names = "--report", paramLabel = "DIR", description = "Folder of the report (default: RUN/report).")
    private @Nullable Path report;

    @Option(
            names = "--serve",
            paramLabel = "PORT",
            description = "Answer live questions over HTTP while training; 0 takes a free port.")
    private @Nullable Integer serve;

    @Option(names = "--resume", description = "Go on with the run that the folder holds.")
    private boolean resume;

    @Override
    public Integer call() throws InterruptedException {
        Preparation.refuseHalf(questions, corpus);
        try (StopSignal stop = StopSignal.listen(PATIENCE);
                Operations operations = operationsOptions.open()) {
            operations.serving(stop);
            boolean collapsed = train(stop, operations);
            return stop.getAsBoolean() ? Main.FAILED : collapsed ? Main.COLLAPSED : Main.DONE;
        }
    }

    /** Trains and reports. @return whether it was ended by its health */
    private boolean train(StopSignal stop, Operations operations) throws InterruptedException {
        RunFolder folder = options.folder();
        List<String> more = new ArrayList<>(RunOptions.model(model));
        if (steps != null) {
            more.add("rl.steps=" + steps);
        }
        if (serve != null) {
            more.addAll(List.of("serve.while-training=true", "serve.http.port=" + serve));
        }
        RunConfig config = resume ? options.begun(more) : options.fresh(more);
        List<RunConfig> others =
                compare.stream().map(name -> options.withRecipe(name, more)).toList();
        Cluster.check(options.bootstrap, options.registry, config.kafka());
        config.device(); // one that is not there ends it here
        folder.create();
        Logging.toFile(folder.logs().resolve("seine.log"));
        try (View view = View.open(PLAIN_EVERY, System::nanoTime)) {
            if (!resume) {
                refuseSecondBeginning(folder);
                new Preparation(folder, config, view::say).run(questions, corpus, demonstrations);
            }
            Path page = report == null ? folder.report() : report;
            TrainRun run = new TrainRun(folder, options, page, view, stop, operations.telemetry());
            TrainRun.Ended ended = run.run(config, others);
            view.say("report: " + ended.page());
            return ended.collapsed();
        } catch (Stopped e) {
            System.err.println("seine: " + e.getMessage());
            return false;
        }
    }

    private void refuseSecondBeginning(RunFolder folder) {
        if (folder.begun()) {
            throw new IllegalArgumentException("there is a run in " + folder.root()
                    + " already: go on with --resume, choose another folder with --run, or remove it");
        }
    }
}
