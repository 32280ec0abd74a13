package dev.seine.app.train;

import dev.seine.app.Main;
import dev.seine.app.view.View;
import dev.seine.policy.ModelConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine prepare}: the run folder that roles in processes of their own need. */
@Command(
        name = "prepare",
        description = "Make a run folder: questions, corpus, tokenizer, demonstrations and the cold start's weights.",
        mixinStandardHelpOptions = true)
public final class PrepareCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

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

    @Override
    public Integer call() {
        Preparation.refuseHalf(questions, corpus);
        RunConfig config = options.fresh(RunOptions.model(model));
        config.device(); // one that is not there ends it here
        RunFolder folder = options.folder().create();
        try (View view = View.open(Duration.ofSeconds(10), System::nanoTime)) {
            new Preparation(folder, config, view::say).run(questions, corpus, demonstrations);
            ModelConfig model = ModelConfig.read(folder.modelConfig());
            view.say(MemoryPlan.learner(model, config).within(MemoryPlan.available(config.device())));
            new ColdStartStage(folder, config, view, () -> false).run(new Stopwatch());
            view.say("prepared " + folder.root());
        }
        return Main.DONE;
    }
}
