package dev.seine.app.train;

import dev.seine.app.config.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a judging model. Its key comes from an environment variable only: a command line is read by others. */
final class JudgeOptions {
    @Option(
            names = "--judge",
            paramLabel = "URL",
            description = "OpenAI-compatible endpoint of a judging model (.../v1).")
    private @Nullable String url;

    @Option(names = "--judge-model", paramLabel = "NAME", description = "Name of the judging model.")
    private @Nullable String model;

    @Option(
            names = "--judge-key-env",
            paramLabel = "NAME",
            description = "Environment variable with the endpoint's key (default: ${DEFAULT-VALUE}).",
            defaultValue = "SEINE_JUDGE_KEY")
    private String keyVariable;

    @Option(
            names = "--judge-timeout",
            paramLabel = "SECONDS",
            description = "Wait for a verdict (default: ${DEFAULT-VALUE}).",
            defaultValue = "30")
    private int seconds;

    @Option(names = "--judge-cache", paramLabel = "FILE", description = "Verdicts kept (default: RUN/judge.jsonl).")
    private @Nullable Path cache;

    /** Name of the judging model; empty without a judge. */
    String model() {
        return url == null || model == null ? "" : model;
    }

    /**
     * The judge, checked; one that asks nobody if there is none.
     *
     * @throws ConfigException if it cannot be used
     */
    Judge judge(RunFolder folder) {
        if (url == null) {
            return Judge.NOBODY;
        }
        if (model == null || model.isBlank()) {
            throw new ConfigException("--judge needs --judge-model NAME");
        }
        if (seconds < 1) {
            throw new ConfigException("--judge-timeout must be at least 1, got " + seconds);
        }
        Path file = cache == null ? folder.root().resolve("judge.jsonl") : cache;
        String key = System.getenv().getOrDefault(keyVariable, "").strip();
        ChatJudge judge = new ChatJudge(url, model, key, Duration.ofSeconds(seconds), new VerdictCache(file));
        judge.check();
        return judge;
    }
}
