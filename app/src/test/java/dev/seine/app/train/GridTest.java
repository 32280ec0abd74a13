package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.seine.app.config.ConfigException;
import dev.seine.app.config.Recipes;
import dev.seine.app.config.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class GridTest {
    private static Source.Document file(String... lines) {
        return new Source.Document("grid.toml", String.join("\n", lines));
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void aGridThatComesWithTheProgramStartsAllItsArmsAlike(String name) {
        Source.Document file = Source.ablation(name);
        Grid grid = Grid.load(file);
        assertThat(grid.seeds()).containsExactly(1L, 2L, 3L);
        Map<String, RunConfig> configs = grid.configs(file, 2, List.of());
        assertThat(configs.values().stream().map(RunConfig::startId).distinct()).hasSize(1);
        assertThat(configs.values()).doesNotHaveDuplicates();
    }

    /** A run folder keeps arms by name, and grids that share it do not run them again. */
    @Test
    void armsOfOneNameAreOneRunInAllGridsThatComeWithTheProgram() {
        Map<String, RunConfig> known = new HashMap<>();
        for (String name : shipped()) {
            Source.Document file = Source.ablation(name);
            Grid.load(file).configs(file, 1, List.of()).forEach((arm, config) -> {
                RunConfig before = known.putIfAbsent(arm, config);
                assertThat(config).as(name + " " + arm).isEqualTo(before == null ? config : before);
            });
        }
        assertThat(known).containsKeys("plus", "vanilla-rl", "no-group-reward", "mu-0.1", "eta-2");
    }

    static List<String> shipped() {
        return Recipes.ablations();
    }

    @Test
    void everyArmAndSeedHasAStoreOfItsOwn() {
        Source.Document file = file("[arms.plain]", "set.rl.steps = 3");
        Map<String, RunConfig> configs = Grid.load(file).configs(file, 7, List.of("store.url=s3://bucket/grid/"));
        assertThat(configs.get("plain").store().url()).contains("s3://bucket/grid/seed-7/plain");
    }

    @Test
    void anArmsSettingsWinOverThoseOfAllAndTheCommandLineOverBoth() {
        Source.Document file = file(
                "[set]",
                "rl.steps = 7",
                "reward.group-clip = 0.5",
                "[arms.b]",
                "set.reward.group-clip = 0.7",
                "[arms.a]",
                "recipe = \"vanilla-rl\"");
        Map<String, RunConfig> configs = Grid.load(file).configs(file, 9, List.of("rl.steps=3"));
        assertThat(configs.keySet()).containsExactly("b", "a");
        assertThat(configs.get("b").reward().groupClip()).isEqualTo(0.7);
        assertThat(configs.get("a").reward().groupClip()).isEqualTo(0.5);
        assertThat(configs.get("a").reward().recipe()).isEqualTo("vanilla-rl");
        assertThat(configs.get("b").rl().steps()).isEqualTo(3);
        assertThat(configs.get("b").run().seed()).isEqualTo(9);
    }

    @Test
    void aSettingThatIsNotKnownIsRefusedWithArmLineAndKnownKeys() {
        Source.Document file = file("seeds = [1]", "[arms.a]", "set.reward.groupclip = 1");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Grid.load(file).configs(file, 1, List.of()))
                .withMessageStartingWith("arm a: grid.toml:3: unknown key reward.groupclip; did you mean group-clip?");
    }

    @Test
    void aKeyOfTheGridThatIsNotKnownIsRefusedWithItsLine() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Grid.load(file("[arms.a]", "recipee = \"x\"")))
                .withMessage("grid.toml:2: unknown key arms.a.recipee; did you mean recipe?"
                        + " (known keys of [arms.a]: about, recipe, set)");
    }

    @Test
    void aGridWithoutArmsWithoutSeedsOrWithANameThatIsNoFolderIsRefused() {
        for (String text :
                List.of("seeds = [1]", "seeds = []\n[arms.a]", "seeds = [1, 1]\n[arms.a]", "[arms.\"../a\"]")) {
            assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Grid.load(file(text)));
        }
    }

    @Test
    void armsThatPrepareDifferentlyStartDifferently() {
        Source.Document file =
                file("[arms.a]", "[arms.b]", "set.cold-start.steps = 5", "[arms.c]", "set.learn.memory.mu = 0.1");
        Map<String, RunConfig> configs = Grid.load(file).configs(file, 1, List.of());
        assertThat(configs.get("b").startId()).isNotEqualTo(configs.get("a").startId());
        assertThat(configs.get("c").startId()).isEqualTo(configs.get("a").startId());
    }

    @Test
    void anArmThatIsNotThereIsNamedWithThoseThatAre() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Grid.load(file("[arms.a]", "[arms.b]")).only(List.of(), List.of("c")))
                .withMessage("no arm c; arms are a, b");
    }
}
