package dev.seine.app.train;

import dev.seine.app.config.ConfigException;
import dev.seine.app.config.ConfigLoader;
import dev.seine.app.config.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An ablation as declared in a TOML file: arms that differ in recipe or settings, each run with each seed.
 *
 * @param title for the report
 * @param recipe of arms that name none
 * @param seeds each a repetition of all arms from a cold start of its own
 * @param set settings of all arms, over their recipes
 * @param arms by name, in the order of the file; the first is the one that the others are compared with
 */
record Grid(String title, String recipe, List<Long> seeds, Map<String, String> set, Map<String, Arm> arms) {
    private static final Source DEFAULTS = new Source.Document(
            "grid", "title = \"Ablation\"\nrecipe = \"r1-searcher-plus\"\nseeds = [1, 2, 3]\nset = {}\narms = {}");
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9.+-]*";

    /**
     * One arm.
     *
     * @param about one line for the report; may be empty
     * @param set settings over the recipe and those of all arms
     */
    record Arm(Optional<String> about, Optional<String> recipe, Map<String, String> set) {}

    Grid {
        require(!seeds.isEmpty(), "seeds must name at least one, got []");
        require(new HashSet<>(seeds).size() == seeds.size(), "seeds must differ, got " + seeds);
        require(!arms.isEmpty(), "arms must name at least one: a table [arms.NAME] each");
        arms.keySet()
                .forEach(name -> require(
                        name.matches(NAME), "arms." + name + " must be a name of letters, digits, dots, + and -"));
    }

    /** Reads a grid; a key that it does not know is refused with its line. */
    static Grid load(Source.Document file) {
        return ConfigLoader.load(Grid.class, List.of(DEFAULTS, file));
    }

    /**
     * The same with fewer arms or other seeds.
     *
     * @param others seeds; empty for the grid's own
     * @param names arms; empty for all
     */
    Grid only(List<Long> others, List<String> names) {
        names.stream().filter(name -> !arms.containsKey(name)).findFirst().ifPresent(name -> {
            throw new ConfigException("no arm " + name + "; arms are " + String.join(", ", arms.keySet()));
        });
        Map<String, Arm> kept = new LinkedHashMap<>(arms);
        kept.keySet().removeIf(name -> !names.isEmpty() && !names.contains(name));
        return new Grid(title, recipe, others.isEmpty() ? seeds : others, set, kept);
    }

    /** What an arm is, where it does not say so itself. */
    String settings(Arm arm) {
        String changes = String.join(
                ", ", arm.set().entrySet().stream().map(Object::toString).toList());
        return (arm.recipe().orElse(recipe) + " " + changes).strip();
    }

    /**
     * The configuration of each arm with one seed: defaults, recipe, the settings of all arms, the arm's own, then those of
     * the command line.
     *
     * @param file the grid's, for the lines in messages
     * @throws ConfigException with every problem of every arm
     */
    Map<String, RunConfig> configs(Source.Document file, long seed, List<String> settings) {
        Map<String, RunConfig> configs = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        arms.forEach((name, arm) -> {
            List<Source> sources = new ArrayList<>(List.of(
                    Source.defaults(),
                    Source.recipe(arm.recipe().orElse(recipe)),
                    new Source.Section(file, List.of("set")),
                    new Source.Section(file, List.of("arms", name, "set"))));
            settings.forEach(setting -> sources.add(Source.setting(setting)));
            sources.add(Source.setting("run.seed=" + seed));
            try {
                RunConfig config = ConfigLoader.load(RunConfig.class, sources);
                configs.put(name, ChatPrompt.written(config).below("seed-" + seed + "/" + name));
            } catch (ConfigException e) {
                e.problems().stream()
                        .map(problem -> "arm " + name + ": " + problem)
                        .forEach(problems::add);
            }
        });
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return configs;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
