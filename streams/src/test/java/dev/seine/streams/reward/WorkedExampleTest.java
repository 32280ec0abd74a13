package dev.seine.streams.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkedExampleTest {
    static Stream<String> recipes() {
        return Recipe.ALL.stream().map(Recipe::id);
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void everyRecipeRewardsAsComputedByHand(String recipe) throws IOException {
        try (InputStream json = getClass().getResourceAsStream("/worked-examples/" + recipe + ".json")) {
            List<WorkedExample> examples = WorkedExample.read(json);
            assertThat(examples).isNotEmpty();
            for (WorkedExample example : examples) {
                assertThat(example.differences(Recipe.of(recipe).rewards())).isEmpty();
            }
        }
    }

    @Test
    void anOwnRuleIsTestedInTheSameWay() throws IOException {
        // the rule "length" counts the words of the text: 3 of them at weight 0.5
        WorkedExample example = example("{\"length\": \"1.5\", \"total\": \"2.5\"}");
        RewardConfig own = Recipe.VANILLA_RL.rewards().withExtra(Map.of("length", 0.5));
        assertThat(example.differences(own)).isEmpty();
    }

    @Test
    void aDifferenceNamesExampleRolloutPartAndBothFigures() throws IOException {
        assertThat(example("{\"answer\": \"1/2\", \"charm\": \"1\"}").differences(Recipe.VANILLA_RL.rewards()))
                .containsExactlyInAnyOrder(
                        "an example, rollout 0: answer must be 1/2, got 1.0",
                        "an example, rollout 0: no part 'charm', there are [advantage, answer, format, group, memory, total]");
    }

    @Test
    void anExampleWithoutAnswersIsRefused() {
        assertThatThrownBy(() -> read("[{\"name\": \"x\", \"answers\": [], \"rollouts\": []}]"))
                .hasMessageContaining("worked example 'x' needs answers and rollouts");
    }

    private static WorkedExample example(String rewards) throws IOException {
        return read("[{\"name\": \"an example\", \"answers\": [\"Paris\"], \"rollouts\":"
                        + " [{\"text\": \"\\\\boxed{ Paris }\", \"rewards\": " + rewards + "}]}]")
                .get(0);
    }

    private static List<WorkedExample> read(String json) throws IOException {
        return WorkedExample.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }
}
