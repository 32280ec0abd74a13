package dev.seine.app.train;

import dev.seine.app.config.ConfigLoader;
import dev.seine.app.config.ConfigText;
import dev.seine.app.config.Source;
import dev.seine.event.Rejection;
import dev.seine.topics.Telemetry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that works on a run: which folder, which cluster, which configuration. */
public final class RunOptions {
    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "Folder of the run (default: ${DEFAULT-VALUE}).",
            defaultValue = "runs/atlas")
    Path run;

    @Option(
            names = "--recipe",
            paramLabel = "NAME|FILE",
            description = "Recipe over the defaults: r1-searcher-plus, r1-searcher, vanilla-rl, grpo or a TOML file.")
    @Nullable
    String recipe;

    @Option(names = "--config", paramLabel = "FILE", description = "TOML file over defaults and recipe.")
    @Nullable
    Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting, such as rl.steps=50; may be repeated.")
    List<String> settings = new ArrayList<>();

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random in the run.")
    @Nullable
    Long seed;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "An existing cluster to use instead of the embedded broker.",
            defaultValue = "")
    String bootstrap;

    @Option(
            names = "--registry",
            paramLabel = "URL",
            description = "An existing schema registry to use instead of the embedded one.",
            defaultValue = "")
    String registry;

    /** The folder of the run. */
    public RunFolder folder() {
        return new RunFolder(run);
    }

    /** The same for a run in another folder. */
    public RunOptions at(Path other) {
        RunOptions options = new RunOptions();
        options.run = other;
        options.recipe = recipe;
        options.config = config;
        options.settings = List.copyOf(settings);
        options.seed = seed;
        options.bootstrap = bootstrap;
        options.registry = registry;
        return options;
    }

    /** A new run's configuration: defaults, recipe, file, settings, each over the one before. */
    RunConfig fresh(List<String> more) {
        return ChatPrompt.written(
                ConfigLoader.load(RunConfig.class, sources(recipe == null ? "r1-searcher-plus" : recipe, more)));
    }

    /** The configuration of another recipe with all else equal. */
    RunConfig withRecipe(String other, List<String> more) {
        return ChatPrompt.written(ConfigLoader.load(RunConfig.class, sources(other, more)));
    }

    /** The configuration that the run was begun with, or that of a recipe over the defaults if one is named, with this command's settings. */
    public RunConfig begunOrRecipe() {
        return recipe == null ? begun(List.of()) : withRecipe(recipe, List.of());
    }

    /** The configuration that the run was begun with, without this command's settings. */
    public RunConfig recorded() {
        begun(List.of()); // refuses a folder without a run, and settings that cannot be
        return RunConfig.recorded(folder());
    }

    /** The seed that this command was given, or another. */
    public long seed(long otherwise) {
        return seed == null ? otherwise : seed;
    }

    /** Whether this command changes the configuration. */
    public boolean changes() {
        return config != null || !settings.isEmpty();
    }

    /** Whether a configuration is known: the run was begun in this folder. */
    public boolean known() {
        return folder().begun();
    }

    /**
     * Opens the run's log for reading only, over its own broker unless a cluster is named.
     *
     * @param refused told of records that cannot be decoded
     */
    public Cluster observe(Consumer<Rejection> refused) {
        return observe(kafka(), refused);
    }

    /** The same where the settings of the Kafka clients are known already. */
    public Cluster observe(Map<String, String> kafka, Consumer<Rejection> refused) {
        return Cluster.observe(folder(), bootstrap, registry, kafka, refused);
    }

    /** Settings of the Kafka clients: the run's own, or without a run those of the configuration that this command was given. */
    Map<String, String> kafka() {
        return (known() ? begun(List.of()) : fresh(List.of())).kafka();
    }

    /** Opens the run's cluster to write a little: its own, running or not, unless one is named. */
    Cluster attach() {
        RunConfig begun = begun(List.of());
        return bootstrap.isEmpty()
                ? Cluster.attach(folder(), begun.kafka(), Telemetry.none())
                : Cluster.join(folder(), bootstrap, registry, begun.kafka(), Telemetry.none());
    }

    private List<Source> sources(String recipeName, List<String> more) {
        List<Source> sources = new ArrayList<>(List.of(Source.defaults(), Source.recipe(recipeName)));
        if (config != null) {
            sources.add(Source.file(config));
        }
        more.forEach(setting -> sources.add(Source.setting(setting)));
        settings.forEach(setting -> sources.add(Source.setting(setting)));
        if (seed != null) {
            sources.add(Source.setting("run.seed=" + seed));
        }
        return sources;
    }

    /**
     * The configuration that the run folder was begun with, under this command's own settings.
     *
     * @throws IllegalArgumentException if no run was begun there
     */
    public RunConfig begun(List<String> more) {
        RunFolder folder = folder();
        if (!folder.begun()) {
            throw new IllegalArgumentException(
                    "no run in " + folder.root() + ": " + folder.config().getFileName()
                            + " is missing; begin one with 'seine prepare --run " + run + "' or 'seine train'");
        }
        // The defaults below it fill in what the program has learned since.
        List<Source> sources = new ArrayList<>(List.of(Source.defaults(), Source.file(folder.config())));
        if (config != null) {
            // Secrets are not written into the run folder: they come from here again.
            sources.add(Source.file(config));
        }
        more.forEach(setting -> sources.add(Source.setting(setting)));
        settings.forEach(setting -> sources.add(Source.setting(setting)));
        return ConfigLoader.load(RunConfig.class, sources);
    }

    /** The setting of a model folder; none if it is null. */
    static List<String> model(@Nullable Path folder) {
        return folder == null
                ? List.of()
                : List.of("model.path=" + folder.toAbsolutePath().normalize());
    }

    /** Writes the configuration into the run folder, for the roles that join later. */
    static void record(RunFolder folder, RunConfig config) {
        RunFolder.write(folder.config(), ConfigText.toml(config));
    }
}
