package dev.seine.streams.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.MemorySample;
import dev.seine.event.Passage;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import dev.seine.streams.Sample;
import dev.seine.streams.reward.Recipe;
import dev.seine.streams.reward.Scoring;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RuleBasedRewriterTest {
    private static final RuleBasedRewriter REWRITER = new RuleBasedRewriter();

    @Test
    void aSearchBecomesARecallOfThePassageThatLedOn() {
        assertThat(rewrite("<external> country of Reykjavik </external>"
                        + " <document> (1) Oslo: Oslo is in Norway. (2) Reykjavik: Reykjavik is in Iceland. </document>"
                        + " <external> currency of Iceland </external>"
                        + " <document> (1) Iceland: Iceland uses the Icelandic Króna. (2) Norway: Norway uses the"
                        + " Norwegian Krone. </document> \\boxed{ Icelandic Króna }"))
                .contains("<internal> Reykjavik is in Iceland. </internal>"
                        + " <internal> Iceland uses the Icelandic Króna. </internal> \\boxed{ Icelandic Króna }");
    }

    @Test
    void theNextStepDecidesBetweenPassagesThatFitTheQueryEquallyWell() {
        // query: currency; both passages share it, only the second shares "icelandic króna" with the answer
        assertThat(rewrite("<external> currency </external>"
                        + " <document> (1) Norway: The currency is the Norwegian Krone. (2) Iceland: The currency is the"
                        + " Icelandic Króna. </document> \\boxed{ Icelandic Króna }"))
                .contains("<internal> The currency is the Icelandic Króna. </internal> \\boxed{ Icelandic Króna }");
    }

    @Test
    void recallsAreKeptAndAFactIsRecalledOnce() {
        String block = "<external> currency of Iceland </external>"
                + " <document> (1) Iceland: Iceland uses the Icelandic Króna. </document> ";
        assertThat(rewrite("<internal> Reykjavik is in Iceland. </internal> " + block + block
                        + "\\boxed{ Icelandic Króna }"))
                .contains("<internal> Reykjavik is in Iceland. </internal>"
                        + " <internal> Iceland uses the Icelandic Króna. </internal> \\boxed{ Icelandic Króna }");
    }

    @Test
    void aRecallWithOtherWhiteSpaceIsTheSameFact() {
        assertThat(rewrite("<internal> Iceland uses the Icelandic Króna . </internal> <external> currency of Iceland"
                        + " </external> <document> (1) Iceland: Iceland uses the Icelandic Króna. </document>"
                        + " \\boxed{ Icelandic Króna }"))
                .contains("<internal> Iceland uses the Icelandic Króna . </internal> \\boxed{ Icelandic Króna }");
    }

    @Test
    void aSearchThatFoundNothingIsDropped() {
        assertThat(rewrite("<external> currency of Iceland </external> <document> (1) Nothing was found. </document>"
                        + " \\boxed{ Icelandic Króna }"))
                .contains("\\boxed{ Icelandic Króna }");
    }

    @Test
    void passagesAreTakenFromTheRecordWhereThereIsOne() {
        Passage passage = Sample.passage("p1", "Iceland", "Iceland uses the\n</internal>Icelandic Króna.");
        Trajectory.Builder builder = trajectory("<external> currency of Iceland </external>"
                        + " <document> as shown </document> \\boxed{ Icelandic Króna }")
                .setSegments(List.of(Sample.segment(SegmentKind.DOCUMENTS, 0, 9)
                        .setPassages(List.of(passage))
                        .build()));
        Rewritten rewritten = REWRITER.rewrite(scored(builder)).orElseThrow();
        assertThat(rewritten.text())
                .isEqualTo("<internal> Iceland uses the \u2039/internal>Icelandic Króna. </internal>"
                        + " \\boxed{ Icelandic Króna }");
        assertThat(rewritten.passageIds()).containsExactly("p1");
    }

    @Test
    void malformedAndWrongTrajectoriesAreNotRewritten() {
        assertThat(rewrite("<external> q </external> \\boxed{ Icelandic Króna }"))
                .isEmpty();
        ScoredTrajectory wrong =
                scored(trajectory("<external> q </external> <document> d </document> \\boxed{ Euro }"));
        assertThat(MemorySamples.of(List.of(wrong), REWRITER)).isEmpty();
    }

    @Test
    void equalTextsOfAGroupGiveOneSample() {
        String text = "<external> currency of Iceland </external>"
                + " <document> (1) Iceland: Iceland uses the Icelandic Króna. </document> \\boxed{ Icelandic Króna }";
        List<ScoredTrajectory> group = List.of(scored(trajectory(text)), scored(trajectory(text)));
        List<MemorySample> samples = MemorySamples.of(group, REWRITER);
        assertThat(samples).hasSize(1);
        assertThat(samples.get(0).getSampleId()).isEqualTo("q@0#0/rule-based");
    }

    @Test
    void aGroupLeavesTheTextThatMostAgreeOnAndOfEqualOnesTheLongest() {
        String search = "<external> currency of Iceland </external>"
                + " <document> (1) Iceland: Iceland uses the Icelandic Króna. </document> ";
        String lucky = search + "\\boxed{ Icelandic Króna }";
        String whole = "<internal> Reykjavik is in Iceland. </internal> " + lucky;
        // one against one: the longer; two against one: the two
        assertThat(kept(lucky, whole)).contains("Reykjavik is in Iceland.");
        assertThat(kept(lucky, whole, lucky)).doesNotContain("Reykjavik is in Iceland.");
    }

    private static String kept(String... texts) {
        List<MemorySample> samples = MemorySamples.of(
                Arrays.stream(texts).map(text -> scored(trajectory(text))).toList(), REWRITER);
        assertThat(samples).hasSize(1);
        return samples.get(0).getText();
    }

    @Test
    void questionsOutsideTrainingAreNotMemorized() {
        String text = "<external> currency of Iceland </external>"
                + " <document> (1) Iceland: Iceland uses the Icelandic Króna. </document> \\boxed{ Icelandic Króna }";
        assertThat(MemorySamples.of(List.of(scored(trajectory(text).setSeq(-1))), REWRITER))
                .isEmpty();
        assertThat(MemorySamples.of(
                        List.of(scored(trajectory("\\boxed{ Icelandic Króna }").setSearches(0))), REWRITER))
                .isEmpty();
    }

    private static Optional<String> rewrite(String text) {
        return REWRITER.rewrite(scored(trajectory(text))).map(Rewritten::text);
    }

    private static Trajectory.Builder trajectory(String text) {
        return Sample.rollout(0, 1, 1, "").setText(text).setAnswers(List.of("Icelandic Króna"));
    }

    private static ScoredTrajectory scored(Trajectory.Builder builder) {
        return Scoring.score(List.of(builder.build()), OptionalInt.empty(), Recipe.R1_SEARCHER_PLUS.rewards())
                .scored()
                .get(0);
    }
}
