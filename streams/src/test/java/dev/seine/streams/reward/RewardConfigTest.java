package dev.seine.streams.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RewardConfigTest {
    @Test
    void equalConfigurationsHaveEqualChecksumsHoweverTheirMapsAreOrdered() {
        Map<String, Double> one = new HashMap<>(Map.of("well-formed-tags", 1.0));
        one.put("length", 2.0);
        assertThat(config(-2, 10, one).sha256())
                .isEqualTo(config(-2, 10, Map.of("length", 2.0, "well-formed-tags", 1.0))
                        .sha256());
        assertThat(config(-2, 10, Map.of()).sha256())
                .hasSize(64)
                .isNotEqualTo(config(-1, 10, Map.of()).sha256());
    }

    @Test
    void aValueOutOfRangeIsNamedWithWhatItMustBe() {
        assertThatThrownBy(() -> config(1, 10, Map.of()))
                .hasMessage("reward.format-penalty must be at most 0, got 1.0");
        assertThatThrownBy(() -> config(-2, 0, Map.of()))
                .hasMessage("reward.max-answer-words must be at least 1, got 0");
        assertThatThrownBy(() -> config(-2, 10, Map.of("length", Double.NaN)))
                .hasMessage("reward.extra.length must be at least 0, got NaN");
        assertThatThrownBy(() -> config(-2, 10, Map.of("length", -0.5)))
                .hasMessage("reward.extra.length must be at least 0, got -0.5");
    }

    @Test
    void recipesAndRulesAreFoundByName() {
        for (Recipe recipe : Recipe.ALL) {
            assertThat(Recipe.of(recipe.id())).isEqualTo(recipe);
            assertThat(recipe.rewards().recipe()).isEqualTo(recipe.id());
        }
        assertThatThrownBy(() -> Recipe.of("x"))
                .hasMessage("recipe must be one of r1-searcher-plus, vanilla-rl, r1-searcher-stage-1, "
                        + "r1-searcher-stage-2, got 'x'");
        assertThatThrownBy(() -> AnswerRule.of("x"))
                .hasMessage("reward.answer-rule must be one of cover-match-10, f1, stage-1, got 'x'");
        assertThatThrownBy(() -> FormatRule.of("x"))
                .hasMessage("reward.format-rule must be one of markup, stage-2, got 'x'");
    }

    private static RewardConfig config(double penalty, int words, Map<String, Double> extra) {
        return new RewardConfig(
                "own",
                "r1-searcher++",
                "markup",
                penalty,
                "cover-match-10",
                words,
                8,
                2,
                2,
                2,
                0.1,
                true,
                Duration.ofSeconds(30),
                extra);
    }
}
