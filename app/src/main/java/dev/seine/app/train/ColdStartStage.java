package dev.seine.app.train;

import dev.seine.app.view.Progress;
import dev.seine.app.view.View;
import dev.seine.learner.ColdStart;
import dev.seine.policy.Decoder;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Precision;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.Torch;
import dev.seine.schemas.Demonstration;
import dev.seine.schemas.Dialect;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;

/** The cold start of a run: supervised training on the demonstrations, from the user's model or from random weights. Done once a run folder. */
final class ColdStartStage {
    private final RunFolder folder;
    private final RunConfig config;
    private final View view;
    private final BooleanSupplier stop;

    /** {@code stop} is asked about once a second. */
    ColdStartStage(RunFolder folder, RunConfig config, View view, BooleanSupplier stop) {
        this.folder = folder;
        this.config = config;
        this.view = view;
        this.stop = stop;
    }

    /**
     * Trains and saves the weights, unless they are there already. Returns how long it took, in seconds.
     *
     * @throws Stopped if it was told to stop
     */
    double run(Stopwatch elapsed) {
        if (Files.exists(folder.coldStartWeights())) {
            return 0;
        }
        Stopwatch watch = new Stopwatch();
        Torch.threads(Runtime.getRuntime().availableProcessors());
        ModelConfig model = ModelConfig.read(folder.modelConfig());
        try (Tokenizer tokenizer = Tokenizer.load(folder.tokenizer());
                Decoder decoder = beginning(model)) {
            ColdStart coldStart = new ColdStart(
                    config.coldStartConfig(),
                    Demonstration.read(folder.demonstrations()),
                    Dialect.of(config.generate().dialect()),
                    tokenizer,
                    model.maxPositions(),
                    Clock.systemUTC());
            view.say("cold start: %,d demonstrations, %,d parameters, %,d words"
                    .formatted(coldStart.size(), model.parameterCount(), model.vocabSize()));
            coldStart.run(decoder, config.computation(), p -> {
                view.show(progress(p, watch, elapsed));
                if (stop.getAsBoolean()) {
                    throw new Stopped("stopped in the cold start, which begins anew with --resume");
                }
            });
            if (decoder.lora().isPresent()) {
                decoder.merge();
            }
            decoder.saveModel(folder.coldStartWeights(), Precision.FLOAT32);
        }
        return watch.seconds();
    }

    private Decoder beginning(ModelConfig model) {
        if (!Files.isDirectory(folder.base())) {
            return Decoder.random(model, config.run().seed(), config.device());
        }
        return config.lora()
                .adapter()
                .map(lora ->
                        Decoder.adapted(folder.base(), model, lora, config.run().seed(), config.device()))
                .orElseGet(() -> Decoder.load(folder.base(), model, config.device(), Precision.FLOAT32));
    }

    private static Progress progress(ColdStart.Progress p, Stopwatch watch, Stopwatch elapsed) {
        OptionalDouble none = OptionalDouble.empty();
        double left = watch.seconds() / p.step() * (p.steps() - p.step());
        return new Progress(
                "cold start",
                p.step(),
                p.steps(),
                OptionalDouble.of(p.loss()),
                none,
                none,
                none,
                none,
                0,
                0,
                p.tokensPerSecond(),
                none,
                elapsed.elapsed(),
                Optional.of(Duration.ofSeconds(Math.round(left))));
    }
}
