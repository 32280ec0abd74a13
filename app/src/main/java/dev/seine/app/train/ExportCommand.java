package dev.seine.app.train;

import dev.seine.app.Main;
import dev.seine.policy.Precision;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code seine export}: a run's weights in Hugging Face's layout. */
@Command(
        name = "export",
        description = "Write a run's weights as a model folder that Transformers opens, or as a PEFT adapter.",
        mixinStandardHelpOptions = true)
public final class ExportCommand implements Callable<Integer> {
    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "Folder of the run (default: ${DEFAULT-VALUE}).",
            defaultValue = "runs/atlas")
    private Path run;

    @Option(names = "--to", paramLabel = "DIR", description = "Folder to write.", required = true)
    private Path target;

    @Option(names = "--version", paramLabel = "N", description = "Published version (default: the newest kept).")
    private @Nullable Long version;

    @Option(names = "--adapter", description = "The adapter alone, in PEFT's layout, where adapters were trained.")
    private boolean adapter;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description = "float32 or bfloat16 (default: ${DEFAULT-VALUE}).",
            defaultValue = "float32")
    private String precision;

    @Override
    public Integer call() throws Exception {
        RunFolder folder = new RunFolder(run);
        RunConfig config = RunConfig.recorded(folder);
        Path weights = Candidate.of(version == null ? "newest" : "v" + version, "", folder, config)
                .weights();
        if (adapter) {
            Export.adapter(folder, weights, target);
        } else {
            Export.model(folder, weights, target, Precision.of(precision));
        }
        System.out.println("wrote " + weights.getFileName() + " to " + target);
        return Main.DONE;
    }
}
