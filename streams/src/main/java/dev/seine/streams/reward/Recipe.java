package dev.seine.streams.reward;

import dev.seine.schemas.Dialect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A published way to reward.
 *
 * @param id name in the configuration
 * @param rewards its rewards
 */
public record Recipe(String id, RewardConfig rewards) {
    /** R1-Searcher++ (arXiv 2505.17005): format, answer, group and memory. */
    public static final Recipe R1_SEARCHER_PLUS = plus("r1-searcher-plus", 2, 0.1, true);

    /** R1-Searcher++ without what makes it search less: format and answer only. */
    public static final Recipe VANILLA_RL = plus("vanilla-rl", 0, 0, false);

    /** R1-Searcher (arXiv 2503.05592), stage 1 for Llama: learn to call the search. */
    public static final Recipe R1_SEARCHER_STAGE_1 =
            first("r1-searcher-stage-1", 0, "stage-1", Map.of("well-formed-search", 0.5, "well-formed-tags", 0.5));

    /** R1-Searcher, stage 2: learn to answer with it. */
    public static final Recipe R1_SEARCHER_STAGE_2 = first("r1-searcher-stage-2", -2, "f1", Map.of());

    /** All of them. */
    public static final List<Recipe> ALL =
            List.of(R1_SEARCHER_PLUS, VANILLA_RL, R1_SEARCHER_STAGE_1, R1_SEARCHER_STAGE_2);

    /**
     * The recipe with this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Recipe of(String id) {
        return ALL.stream()
                .filter(recipe -> recipe.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("recipe must be one of "
                        + ALL.stream().map(Recipe::id).collect(Collectors.joining(", ")) + ", got '" + id + "'"));
    }

    private static Recipe plus(String name, double groupScale, double memoryKappa, boolean memorize) {
        return new Recipe(
                name,
                new RewardConfig(
                        name,
                        Dialect.R1_SEARCHER_PP.id(),
                        "markup",
                        -2,
                        "cover-match-10",
                        10,
                        8,
                        groupScale,
                        2,
                        2,
                        memoryKappa,
                        memorize,
                        Duration.ofMinutes(5),
                        Map.of()));
    }

    private static Recipe first(String name, double penalty, String answer, Map<String, Double> extra) {
        return new Recipe(
                name,
                new RewardConfig(
                        name,
                        Dialect.R1_SEARCHER.id(),
                        "stage-2",
                        penalty,
                        answer,
                        10,
                        8,
                        0,
                        2,
                        2,
                        0,
                        false,
                        Duration.ofMinutes(5),
                        extra));
    }
}
