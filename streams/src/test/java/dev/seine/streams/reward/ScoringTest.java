package dev.seine.streams.reward;

import static dev.seine.streams.Sample.rollout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.seine.event.GroupClose;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScoringTest {
    private static final Offset<Double> EXACTLY = within(1e-12);
    private static final RewardConfig PLUS = Recipe.R1_SEARCHER_PLUS.rewards();

    @Test
    void theFewestSearchesAmongTheCorrectGetTwiceTheVariance() {
        // correct with t = 3, 1, 2, wrong with t = 0: mean 2, variance (1 + 1 + 0) / 3 = 2/3, bonus 4/3
        List<ScoredTrajectory> scored =
                score(PLUS, correct(0, 4, 3), correct(1, 4, 1), correct(2, 4, 2), wrong(3, 4, 0));
        assertThat(parts(scored, each -> each.getRewards().getGroup())).containsExactly(0.0, 4.0 / 3, 0.0, 0.0);
        assertThat(parts(scored, each -> each.getRewards().getTotal())).containsExactly(1.0, 1 + 4.0 / 3, 1.0, 0.0);
    }

    @Test
    void advantagesAreCentredOnTheGroup() {
        // totals 1, 7/3, 1, 0: mean 13/12, squares (1/144 + 225/144 + 1/144 + 169/144) / 4 = 396/576
        List<ScoredTrajectory> scored =
                score(PLUS, correct(0, 4, 3), correct(1, 4, 1), correct(2, 4, 2), wrong(3, 4, 0));
        assertThat(scored.get(1).getAdvantage()).isCloseTo(15.0 / 12, EXACTLY);
        assertThat(scored.get(0).getGroupMean()).isCloseTo(13.0 / 12, EXACTLY);
        assertThat(scored.get(0).getGroupStd()).isCloseTo(Math.sqrt(396.0 / 576), EXACTLY);
        assertThat(scored.stream().mapToDouble(ScoredTrajectory::getAdvantage).sum())
                .isCloseTo(0, EXACTLY);
    }

    @Test
    void oneSuccessInFourGetsThreeQuarters() {
        // totals 1, 0, 0, 0: mean 1/4; a lone success has no variance, so no bonus
        List<ScoredTrajectory> scored = score(PLUS, correct(0, 4, 1), wrong(1, 4, 1), wrong(2, 4, 2), wrong(3, 4, 0));
        assertThat(parts(scored, ScoredTrajectory::getAdvantage)).containsExactly(0.75, -0.25, -0.25, -0.25);
    }

    @Test
    void theBonusIsClippedAtEta() {
        // t = 0, 8: variance 16, 2 * 16 = 32, clipped to 2
        assertThat(score(PLUS, correct(0, 2, 0), correct(1, 2, 8))
                        .get(0)
                        .getRewards()
                        .getGroup())
                .isEqualTo(2);
    }

    @Test
    void equalSearchesGetNoBonusAndEqualRewardsNoAdvantage() {
        List<ScoredTrajectory> scored = score(PLUS, correct(0, 3, 2), correct(1, 3, 2), correct(2, 3, 2));
        assertThat(parts(scored, each -> each.getRewards().getGroup())).containsOnly(0.0);
        assertThat(parts(scored, ScoredTrajectory::getAdvantage)).containsOnly(0.0);
        assertThat(scored.get(0).getGroupStd()).isZero();
    }

    @Test
    void vanillaHasNoBonus() {
        List<ScoredTrajectory> scored = score(Recipe.VANILLA_RL.rewards(), correct(0, 2, 1), correct(1, 2, 3));
        assertThat(parts(scored, each -> each.getRewards().getTotal())).containsExactly(1.0, 1.0);
    }

    @Test
    void aMalformedRolloutPaysThePenaltyAndLeavesTheBonusAlone() {
        Trajectory.Builder malformed = correct(0, 3, 0).setText("\\boxed{ Paris } indeed");
        List<ScoredTrajectory> scored = score(PLUS, malformed, correct(1, 3, 1), correct(2, 3, 3));
        // -2 + 1 for the malformed one; t = 1, 3: variance 1, bonus 2
        assertThat(parts(scored, each -> each.getRewards().getTotal())).containsExactly(-1.0, 3.0, 1.0);
        assertThat(scored.get(0).getViolations()).containsExactly("text after the answer: 'indeed'");
    }

    @Test
    void anAnswerOfMoreThanTenWordsIsNotCorrect() {
        ScoredTrajectory scored = score(PLUS, rollout(0, 1, 0, "Paris is the one two three four five six seven eight"))
                .get(0);
        assertThat(scored.getCem()).isEqualTo(1);
        assertThat(scored.getCorrect()).isFalse();
        assertThat(scored.getRewards().getTotal()).isZero();
    }

    @Test
    void fewerSearchesThanEverBeforeAreRewarded() {
        // t* = 4, t = 1: 0.1 * (4 - 1) / 4 = 0.075; t = 4: nothing
        ScoredGroup group = Scoring.score(built(correct(0, 2, 1), correct(1, 2, 4)), OptionalInt.of(4), PLUS);
        assertThat(parts(group.scored(), each -> each.getRewards().getMemory())).containsExactly(0.1 * 3 / 4, 0.0);
        assertThat(group.fewestSearches()).hasValue(1);
    }

    @Test
    void theFirstSuccessSetsTheMarkAndIsNotRewarded() {
        ScoredGroup group = Scoring.score(built(correct(0, 2, 3), wrong(1, 2, 0)), OptionalInt.empty(), PLUS);
        assertThat(parts(group.scored(), each -> each.getRewards().getMemory())).containsExactly(0.0, 0.0);
        assertThat(group.fewestSearches()).hasValue(3);
        assertThat(Scoring.score(built(wrong(0, 1, 0)), OptionalInt.empty(), PLUS)
                        .fewestSearches())
                .isEmpty();
        assertThat(Scoring.score(built(wrong(0, 1, 0)), OptionalInt.of(2), PLUS).fewestSearches())
                .hasValue(2);
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theOrderOfArrivalDoesNotMatter(long seed) {
        Random random = new Random(seed);
        List<Trajectory> group = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int searches = random.nextInt(5);
            group.add((random.nextBoolean() ? correct(i, 8, searches) : wrong(i, 8, searches)).build());
        }
        ScoredGroup before = Scoring.score(group, OptionalInt.of(3), PLUS);
        Collections.shuffle(group, random);
        assertThat(Scoring.score(group, OptionalInt.of(3), PLUS)).isEqualTo(before);
    }

    @Test
    void anIncompleteGroupWasClosedByItsDeadline() {
        ScoredTrajectory scored = score(PLUS, correct(1, 2, 0)).get(0);
        assertThat(scored.getClosedBy()).isEqualTo(GroupClose.DEADLINE);
        assertThat(scored.getGroupCount()).isEqualTo(1);
        assertThat(score(PLUS, correct(0, 1, 0)).get(0).getClosedBy()).isEqualTo(GroupClose.COUNT);
    }

    @Test
    void stageOneAddsHalvesForSearchAndTags() {
        String searched =
                "<|begin_of_query|> q<|end_of_query|>\n\n<|begin_of_documents|>\n(1)d\n<|end_of_documents|>\n\n";
        RewardConfig config = Recipe.R1_SEARCHER_STAGE_1.rewards();
        // 1 + 0.5 + 0.5; 1 + 0.5 without a search; -1 + 0.5; -1 without anything
        assertThat(total(config, searched + "x</think><answer>Paris</answer>")).isEqualTo(2);
        assertThat(total(config, "x</think><answer>Paris</answer>")).isEqualTo(1.5);
        assertThat(total(config, searched + "Paris")).isEqualTo(-0.5);
        assertThat(total(config, "Paris")).isEqualTo(-1);
    }

    @Test
    void stageTwoAddsF1AndThePenalty() {
        RewardConfig config = Recipe.R1_SEARCHER_STAGE_2.rewards();
        // got paris france (2), gold paris (1): P = 1/2, R = 1, F1 = 2/3
        assertThat(total(config, "x</think><answer>Paris, France</answer>")).isCloseTo(2.0 / 3, EXACTLY);
        assertThat(total(config, "x<answer>Paris</answer>")).isEqualTo(-1);
        assertThat(total(config, "Paris")).isEqualTo(-2);
    }

    @Test
    void aUsersOwnRuleIsFoundByNameAndWeighted() {
        RewardConfig config = withExtra(Map.of("length", 0.5));
        ScoredTrajectory scored = score(config, rollout(0, 1, 0, "Paris")).get(0);
        // the rule gives the length of the text in words: \boxed{ Paris } are 3
        assertThat(scored.getRewards().getOther()).containsExactly(Map.entry("length", 1.5));
        assertThat(scored.getRewards().getTotal()).isEqualTo(2.5);
    }

    @Test
    void anAnswerThatSomebodyCalledWrongMissesTheRewardOfTheOthers() {
        RewardConfig config = withExtra(Map.of("not-refuted", 0.5));
        List<ScoredTrajectory> scored = Scoring.score(
                        List.of(
                                rollout(0, 3, 0, "Lyon")
                                        .setRefuted(List.of("Lyon"))
                                        .build(),
                                rollout(1, 3, 0, "Rome")
                                        .setRefuted(List.of("Lyon"))
                                        .build(),
                                rollout(2, 3, 0, "Rome").build()),
                        OptionalInt.empty(),
                        config)
                .scored();
        assertThat(scored)
                .extracting(each -> each.getRewards().getOther().get("not-refuted"))
                .containsExactly(0.0, 0.5, 0.0);
    }

    @Test
    void anUnknownRuleIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> withExtra(Map.of("politeness", 1.0)))
                .hasMessage(
                        "reward.extra must name one of [length, not-refuted, well-formed-search, well-formed-tags], got 'politeness'");
    }

    private static double total(RewardConfig config, String text) {
        Trajectory.Builder builder =
                rollout(0, 1, 0, "").setDialect("r1-searcher").setText(text);
        return score(config, builder).get(0).getRewards().getTotal();
    }

    private static RewardConfig withExtra(Map<String, Double> extra) {
        return new RewardConfig(
                "own",
                "r1-searcher++",
                "markup",
                -2,
                "cover-match-10",
                10,
                8,
                2,
                2,
                2,
                0,
                false,
                PLUS.groupTimeout(),
                extra);
    }

    private static Trajectory.Builder correct(int index, int size, int searches) {
        return rollout(index, size, searches, "Paris");
    }

    private static Trajectory.Builder wrong(int index, int size, int searches) {
        return rollout(index, size, searches, "Lyon");
    }

    private static List<ScoredTrajectory> score(RewardConfig config, Trajectory.Builder... group) {
        return Scoring.score(built(group), OptionalInt.empty(), config).scored();
    }

    private static List<Trajectory> built(Trajectory.Builder... group) {
        List<Trajectory> built = new ArrayList<>();
        for (Trajectory.Builder builder : group) {
            built.add(builder.build());
        }
        return built;
    }

    private static List<Double> parts(List<ScoredTrajectory> scored, ToDoubleFunction<ScoredTrajectory> part) {
        return scored.stream().map(part::applyAsDouble).toList();
    }
}
