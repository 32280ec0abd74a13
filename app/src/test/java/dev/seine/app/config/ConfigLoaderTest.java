package dev.seine.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
    enum Advantage {
        GROUP_CENTRED,
        NONE
    }

    record Reward(int groupSize, double eta, Advantage advantage, Optional<Double> kappa) {
        Reward {
            if (groupSize < 2) {
                throw new IllegalArgumentException("reward.group-size must be at least 2, got " + groupSize);
            }
        }
    }

    record Limits(Duration patience, long maxBytes) {}

    record Run(Path folder, String name, boolean resume, List<String> tags, Limits limits) {}

    record Config(Run run, Reward reward, Map<String, String> kafka) {}

    private static final Source DEFAULTS = new Source.Document(
            "defaults.toml",
            """
            [run]
            folder = "runs"
            name = ""
            resume = false
            tags = ["a", "b"]
            [run.limits]
            patience = "30s"
            max-bytes = 1048576

            [reward]
            group-size = 16
            eta = 2
            advantage = "group-centred"
            kappa = ""
            """);

    @Test
    void everyKindOfValueIsBound() {
        Config config = ConfigLoader.load(Config.class, List.of(DEFAULTS));

        assertThat(config.run())
                .isEqualTo(new Run(
                        Path.of("runs"), "", false, List.of("a", "b"), new Limits(Duration.ofSeconds(30), 1 << 20)));
        assertThat(config.reward()).isEqualTo(new Reward(16, 2.0, Advantage.GROUP_CENTRED, Optional.empty()));
        assertThat(config.kafka()).isEmpty();
    }

    @Test
    void laterLayersWinKeyByKey() {
        Source recipe = new Source.Document("recipe.toml", "[reward]\ngroup-size = 8\neta = 1.5");
        Source file = new Source.Document("my.toml", "reward.group-size = 4\nrun.limits.patience = \"1m30s\"");

        Config config =
                ConfigLoader.load(Config.class, List.of(DEFAULTS, recipe, file, Source.setting("reward.kappa=0.1")));

        assertThat(config.reward()).isEqualTo(new Reward(4, 1.5, Advantage.GROUP_CENTRED, Optional.of(0.1)));
        assertThat(config.run().limits()).isEqualTo(new Limits(Duration.ofSeconds(90), 1 << 20));
    }

    @Test
    void settingsAreReadAsTheirKeysNeedThem() {
        Config config = with(
                "run.name=42",
                "run.folder=/data/run 1",
                "run.resume=true",
                "run.tags=[\"x\"]",
                "run.limits.patience=100ms",
                "reward.advantage=none");

        assertThat(config.run())
                .isEqualTo(new Run(
                        Path.of("/data/run 1"), "42", true, List.of("x"), new Limits(Duration.ofMillis(100), 1 << 20)));
        assertThat(config.reward().advantage()).isEqualTo(Advantage.NONE);
    }

    @Test
    void tablesOfAnyKeysTakeDottedOnes() {
        Source file = new Source.Document(
                "my.toml", "[kafka]\n\"security.protocol\" = \"SSL\"\nssl.key.password = \"x\"\nretries = 3");

        assertThat(ConfigLoader.load(Config.class, List.of(DEFAULTS, file)).kafka())
                .isEqualTo(Map.of("security.protocol", "SSL", "ssl.key.password", "x", "retries", "3"));
    }

    @Test
    void unknownKeyIsNamedWithItsLineAndTheKnownOnes() {
        assertThat(problems("[run]\nname = \"x\"\n\n[reward]\ngroupsize = 4"))
                .containsExactly("my.toml:5: unknown key reward.groupsize; did you mean group-size?"
                        + " (known keys of [reward]: group-size, eta, advantage, kappa)");
    }

    @Test
    void unknownSectionIsNamedWithTheKnownOnes() {
        assertThat(problems("[rewards]\neta = 1"))
                .containsExactly("my.toml:1: unknown key rewards; did you mean reward?"
                        + " (known sections and keys: run, reward, kafka)");
    }

    @Test
    void unknownSettingIsNamed() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> with("reward.zeal=1"))
                .withMessage("--set reward.zeal: unknown key reward.zeal"
                        + " (known keys of [reward]: group-size, eta, advantage, kappa)");
    }

    @Test
    void wrongTypeSaysWhatWasExpectedAndGot() {
        assertThat(problems("reward.group-size = \"many\"\nreward.eta = true\nrun.limits.patience = 30\nrun.tags = 1"))
                .containsExactlyInAnyOrder(
                        "my.toml:1: reward.group-size must be a whole number, got \"many\"",
                        "my.toml:2: reward.eta must be a number, got true",
                        "my.toml:3: run.limits.patience must be a duration such as \"30s\", \"2m\" or \"100ms\", got 30",
                        "my.toml:4: run.tags must be an array, got 1");
    }

    @Test
    void wrongConstantSaysTheRightOnes() {
        assertThat(problems("reward.advantage = \"best\""))
                .containsExactly(
                        "my.toml:1: reward.advantage must be one of \"group-centred\", \"none\", got \"best\"");
    }

    @Test
    void numberBeyondItsTypeIsWrong() {
        assertThat(problems("reward.group-size = 3000000000"))
                .containsExactly("my.toml:1: reward.group-size must be a whole number, got 3000000000");
    }

    @Test
    void valueInPlaceOfSectionIsWrong() {
        assertThat(problems("reward = 1")).containsExactly("my.toml:1: reward must be a table, got 1");
    }

    @Test
    void refusedValueIsFoundInItsFile() {
        assertThat(problems("[reward]\neta = 1\ngroup-size = 1"))
                .containsExactly("my.toml:3: reward.group-size must be at least 2, got 1");
    }

    @Test
    void refusedSettingIsNamed() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> with("reward.group-size=1"))
                .withMessage("--set reward.group-size: reward.group-size must be at least 2, got 1");
    }

    @Test
    void missingValueIsNamed() {
        Source empty = new Source.Document("defaults.toml", "[run.limits]\npatience = \"1s\"");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigLoader.load(Config.class, List.of(empty)))
                .satisfies(error -> assertThat(error.problems())
                        .contains("run.limits.max-bytes is missing: a whole number is needed")
                        .contains("reward is missing: a table is needed"));
    }

    @Test
    void brokenTomlSaysWhere() {
        assertThat(problems("[reward]\neta = = 2"))
                .singleElement()
                .asString()
                .startsWith("my.toml:2:")
                .contains("not TOML");
    }

    @Test
    void settingWithoutValueIsRefused() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Source.setting("reward.eta"))
                .withMessage("--set wants section.key=value, got reward.eta");
    }

    @Test
    void fileThatIsNotThereIsNamed(@TempDir Path folder) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Source.file(folder.resolve("my.toml")))
                .withMessage("no configuration file " + folder.resolve("my.toml"));
    }

    @Test
    void fileIsCalledByItsPath(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("my.toml"), "nets = 1");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigLoader.load(Config.class, List.of(DEFAULTS, Source.file(file))))
                .withMessageStartingWith(file + ":1: unknown key nets ");
    }

    @Test
    void unknownRecipeIsRefusedWithTheKnownOnes() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Source.recipe("r2-searcher"))
                .withMessageStartingWith("no recipe r2-searcher; known recipes are ");
    }

    private static Config with(String... settings) {
        Stream<Source> overrides = Arrays.stream(settings).map(Source::setting);
        return ConfigLoader.load(
                Config.class, Stream.concat(Stream.of(DEFAULTS), overrides).toList());
    }

    private static List<String> problems(String toml) {
        try {
            ConfigLoader.load(Config.class, List.of(DEFAULTS, new Source.Document("my.toml", toml)));
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }
}
