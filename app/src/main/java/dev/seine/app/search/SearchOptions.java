package dev.seine.app.search;

import dev.seine.app.config.ConfigException;
import dev.seine.app.config.ConfigLoader;
import dev.seine.app.config.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of commands that search without a run. */
final class SearchOptions {
    private static final String SECTION = "retrieve";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "TOML file over the defaults; only its section [retrieve] is read.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting, such as retrieve.dense.store=qdrant; may be repeated.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--max-passage-chars",
            paramLabel = "N",
            description = "Longest text of a passage (default: ${DEFAULT-VALUE}).",
            defaultValue = "2000")
    int maxPassageChars;

    /** The section as it is resolved. */
    SearchConfig resolved() {
        List<Source> sources = new ArrayList<>(List.of(new Source.Section(Source.defaults(), List.of(SECTION))));
        if (config != null) {
            sources.add(new Source.Section(Source.file(config), List.of(SECTION)));
        }
        for (String setting : settings) {
            if (!setting.startsWith(SECTION + ".")) {
                throw new ConfigException("--set wants retrieve.key=value here, got " + setting);
            }
            sources.add(Source.setting(setting.substring(SECTION.length() + 1)));
        }
        return ConfigLoader.load(SearchConfig.class, sources);
    }
}
