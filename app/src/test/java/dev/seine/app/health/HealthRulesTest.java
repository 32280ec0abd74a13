package dev.seine.app.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Windows of two steps; what is not said of a step is healthy. */
class HealthRulesTest {
    private static final HealthConfig CONFIG = new HealthConfig(2, false, 1.5, 4, 0.2, 0.1, 0.25);
    private static final Map<String, Double> HEALTHY = Map.ofEntries(
            Map.entry("answer-words", 2.0),
            Map.entry("cem", 0.8),
            Map.entry("em", 0.8),
            Map.entry("correct", 0.8),
            Map.entry("searches", 2.0),
            Map.entry("well-formed", 1.0),
            Map.entry("tokens-memory", 500.0),
            Map.entry("loss-memory", 0.2),
            Map.entry("entropy", 0.08),
            Map.entry("tokens-policy", 4000.0),
            Map.entry("rollouts", 128.0),
            Map.entry("skipped-no-variance", 32.0));

    @Test
    void aHealthyRunHasNoWarnings() {
        assertThat(collapses(Map.of(), Map.of(), Map.of(), Map.of())).isEmpty();
    }

    @Test
    void answersThatGrowToCoverMoreAreRewardHacking() {
        // words 2 -> (5 + 6) / 2 = 5.5, at least 1.5 times; cem - em 0 -> 0.9 - 0.5 = 0.4
        Map<String, Double> hacked = Map.of("answer-words", 5.0, "cem", 0.9, "em", 0.5);
        Map<String, Double> more = Map.of("answer-words", 6.0, "cem", 0.9, "em", 0.5);
        List<Warning> warnings = warnings(Map.of(), Map.of(), hacked, more);
        assertThat(warnings)
                .containsExactly(new Warning(
                        4,
                        Collapse.LONG_ANSWERS,
                        "answers of 5.5 words, were 2.0; cover match gained 0.40 on exact match"));
    }

    @Test
    void answersThatGrowAndMatchExactlyAreNot() {
        Map<String, Double> longer = Map.of("answer-words", 6.0, "cem", 0.9, "em", 0.9);
        assertThat(collapses(Map.of(), Map.of(), longer, longer)).isEmpty();
    }

    @Test
    void searchesThatMakeNothingRightAreTooMany() {
        Map<String, Double> many = Map.of("searches", 5.0);
        assertThat(collapses(Map.of(), Map.of(), many, many)).containsExactly(Collapse.OVER_SEARCH);
        Map<String, Double> useful = Map.of("searches", 5.0, "correct", 0.9);
        assertThat(collapses(Map.of(), Map.of(), useful, useful)).isEmpty();
    }

    @Test
    void aLearntSearchIsNoOverSearch() {
        Map<String, Double> base = Map.of("searches", 0.1, "correct", 0.3);
        Map<String, Double> searching = Map.of("searches", 2.0, "correct", 0.3);
        assertThat(collapses(base, base, searching, searching)).isEmpty();
    }

    @Test
    void lostMarkupIsHeldAgainstTheBestWindow() {
        // begins malformed, is well formed in between, and falls to 0.75: a loss of 0.25
        Map<String, Double> first = Map.of("well-formed", 0.5);
        Map<String, Double> lost = Map.of("well-formed", 0.75);
        assertThat(collapses(first, first, Map.of(), Map.of(), lost, lost)).containsExactly(Collapse.FORMAT_COLLAPSE);
        assertThat(collapses(first, first, Map.of(), Map.of())).isEmpty();
    }

    @Test
    void recallingBeforeKnowingIsTheMemorizationLoss() {
        // accuracy 0.8 -> 0.66, searches 2 -> 0.03: the run that is in the log
        Map<String, Double> guessing = Map.of("correct", 0.66, "searches", 0.03);
        assertThat(collapses(Map.of(), Map.of(), guessing, guessing)).containsExactly(Collapse.MEMORIZATION_DOMINATES);
        Map<String, Double> knowing = Map.of("correct", 0.9, "searches", 0.03);
        assertThat(collapses(Map.of(), Map.of(), knowing, knowing)).isEmpty();
        Map<String, Double> without = Map.of("correct", 0.66, "searches", 0.03, "tokens-memory", 0.0);
        assertThat(collapses(Map.of(), Map.of(), without, without)).isEmpty();
    }

    @Test
    void entropyThatIsGoneWithTheSignalIsACollapse() {
        // 0.01 / 0.08 = 1/8; 120 of 128 rollouts = 0.94 in groups without signal
        Map<String, Double> gone = Map.of("entropy", 0.01, "skipped-no-variance", 120.0);
        assertThat(collapses(Map.of(), Map.of(), gone, gone)).containsExactly(Collapse.ENTROPY_COLLAPSE);
        Map<String, Double> certain = Map.of("entropy", 0.01);
        assertThat(collapses(Map.of(), Map.of(), certain, certain)).isEmpty();
        Map<String, Double> solved = Map.of("entropy", 0.01, "skipped-no-variance", 120.0, "correct", 0.97);
        assertThat(collapses(Map.of(), Map.of(), solved, solved)).isEmpty();
    }

    @Test
    void aStepThatTrainedNothingSaysNothingOfTheEntropy() {
        // 4,000 tokens at 0.08 and none: the mean over tokens stays 0.08
        Map<String, Double> none = Map.of("entropy", 0.0, "tokens-policy", 0.0, "skipped-no-variance", 128.0);
        Map<String, Double> some = Map.of("skipped-no-variance", 120.0);
        assertThat(collapses(Map.of(), Map.of(), none, some)).isEmpty();
        assertThat(collapses(none, none, none, none)).isEmpty();
    }

    @Test
    void beforeTwoWindowsThereIsNothingToCompare() {
        assertThat(collapses(Map.of(), Map.of("well-formed", 0.0), Map.of("well-formed", 0.0)))
                .isEmpty();
    }

    @Test
    void aSettingOutOfRangeIsNamed() {
        assertThatThrownBy(() -> new HealthConfig(0, false, 1.5, 4, 0.2, 0.1, 0.25))
                .hasMessage("health.window must be at least 1, got 0");
        assertThatThrownBy(() -> new HealthConfig(2, false, 1.5, 4, 0, 0.1, 0.25))
                .hasMessage("health.well-formed-loss must be above 0 and at most 1, got 0.0");
    }

    @SafeVarargs
    private static List<Collapse> collapses(Map<String, Double>... steps) {
        return warnings(steps).stream().map(Warning::collapse).toList();
    }

    @SafeVarargs
    private static List<Warning> warnings(Map<String, Double>... steps) {
        SortedMap<Integer, Map<String, Double>> metrics = new TreeMap<>();
        for (Map<String, Double> changes : steps) {
            Map<String, Double> step = new HashMap<>(HEALTHY);
            step.putAll(changes);
            metrics.put(metrics.size() + 1, step);
        }
        return HealthRules.of(metrics, CONFIG);
    }
}
