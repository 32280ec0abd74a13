package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.app.config.ConfigException;
import dev.seine.app.config.ConfigLoader;
import dev.seine.app.config.Recipes;
import dev.seine.app.config.Source;
import dev.seine.streams.reward.RewardSchedule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The recipes that come with the program, and what is refused before anything is spent on a run. */
class RecipesTest {
    static List<String> names() {
        return Recipes.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyRecipeIsAConfigurationThatBearsItsName(String recipe) {
        assertThat(new RunOptions().withRecipe(recipe, List.of()).reward().recipe())
                .isEqualTo(recipe);
    }

    @Test
    void rSearchersFirstStageIsAFullNumberOfSteps() {
        // 80 steps of 8 questions: seq 639 is the last of stage 1
        RewardSchedule schedule =
                new RunOptions().withRecipe("r1-searcher", List.of()).rewardSchedule();
        assertThat(schedule.inFirst(639)).isTrue();
        assertThat(schedule.inFirst(640)).isFalse();
        assertThat(schedule.inFirst(-1)).isFalse();
        assertThat(schedule.first().recipe()).isEqualTo("r1-searcher-stage-1");
        assertThat(schedule.first().extra()).containsOnlyKeys("well-formed-search", "well-formed-tags");
    }

    @Test
    void otherRecipesHaveOneStage() {
        RewardSchedule schedule =
                new RunOptions().withRecipe("vanilla-rl", List.of()).rewardSchedule();
        assertThat(schedule.inFirst(0)).isFalse();
    }

    @Test
    void aModelFromScratchIsTrainedByMuonAndOneFromAFolderByAdamW() {
        RunConfig scratch = new RunOptions().fresh(List.of());
        assertThat(scratch.coldStartConfig().optimizer().kind()).isEqualTo("muon");
        assertThat(scratch.learnerConfig().optimizer().kind()).isEqualTo("muon");
        RunConfig folder = ConfigLoader.load(
                RunConfig.class, List.of(Source.defaults(), Source.setting("model.path=/models/qwen")));
        assertThat(folder.coldStartConfig().optimizer().kind()).isEqualTo("adamw");
        assertThat(folder.learnerConfig().optimizer().kind()).isEqualTo("adamw");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "reward.extra.politeness=1 | must name one of [not-refuted, well-formed-search, well-formed-tags], got 'politeness'",
                "reward.extra.well-formed-tags=-1 | well-formed-tags must be at least 0, got -1.0",
                "reward.group-scale=-2 | reward.group-scale must be at least 0, got -2.0",
                "rl.group-size=1 | rl.group-size must be at least 2 for learn.advantage = reinforce++",
                "learn.advantage=ppo | learn.advantage must be reinforce++, reinforce++-no-baseline, grpo",
                "learn.loss.dual-clip=0.5 | loss.dual-clip must be 0 or above 1, got 0.5",
                "learn.loss.kl-estimator=k4 | loss.kl-estimator must be k1, k2 or k3, got k4",
                "stage-one.steps=-1 | stage-one.steps must be at least 0, got -1",
                "stage-one.steps=5 | stage-one.reward.dialect must be 'r1-searcher++' as in [reward], got r1-searcher",
                "generate.dialect=r1-searcher | generate.dialect must be 'r1-searcher++' as in [reward]",
                "learn.optimizer.kind=sgd | optimizer.kind must be auto, adamw or muon, got sgd",
                "run.device=gpu | run.device must be cpu, cuda, cuda:N or auto, got gpu",
                "rewrite.rewriter=llm | rewrite.url must be an http or https address, got ''",
                "health.accuracy-loss=0 | health.accuracy-loss must be above 0 and at most 1, got 0.0",
            })
    void whatCannotWorkIsRefusedWithTheConfiguration(String setting, String message) {
        assertThatThrownBy(() -> new RunOptions().fresh(List.of(setting)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void serversWhoseLogProbabilitiesDoNotKnowTopPAreNotAskedForIt() {
        List<String> settings = List.of("engine.urls=[\"http://127.0.0.1:1\"]", "generate.top-p=0.9");
        assertThat(new RunOptions().fresh(settings).generate().topP()).isEqualTo(0.9);
        List<String> sglang = new ArrayList<>(settings);
        sglang.add("engine.protocol=sglang");
        assertThatThrownBy(() -> new RunOptions().fresh(sglang))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("generate.top-p must be 1 for engine.protocol = sglang");
    }

    @Test
    void aGroupOfOneIsAllowedWithoutAGroupBaseline() {
        RunConfig config =
                new RunOptions().fresh(List.of("rl.group-size=1", "learn.advantage=reinforce++-no-baseline"));
        assertThat(config.rl().groupSize()).isEqualTo(1);
    }
}
