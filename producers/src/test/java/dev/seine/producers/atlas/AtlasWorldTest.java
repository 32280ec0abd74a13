package dev.seine.producers.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.producers.atlas.AtlasQuestion.Lookup;
import dev.seine.producers.atlas.Fact.Standing;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AtlasWorldTest {
    private static final AtlasWorld WORLD = AtlasWorld.real();
    private final AtlasQuestions questions = new AtlasQuestions(WORLD);

    @Test
    void theWorldHoldsAboutSixteenHundredRealFacts() {
        assertThat(WORLD.countries()).hasSize(249);
        assertThat(WORLD.facts()).hasSizeBetween(1_550, 1_700);
        assertThat(WORLD.fact(Relation.CURRENCY, "Bhutan").orElseThrow().object())
                .isEqualTo("Bhutanese Ngultrum");
        assertThat(WORLD.fact(Relation.COUNTRY, "Reykjavik").orElseThrow().object())
                .isEqualTo("Iceland");
        assertThat(WORLD.fact(Relation.CONTINENT, "Tunisia").orElseThrow().object())
                .isEqualTo("Africa");
        assertThat(WORLD.fact(Relation.LANGUAGE, "Austria").orElseThrow().sentence())
                .isEqualTo("The main language of Austria is German.");
    }

    @Test
    void factsAreSplitIntoKnownSearchedAndHeldOut() {
        var byStanding = WORLD.facts().stream().collect(Collectors.groupingBy(Fact::standing, Collectors.counting()));
        long all = WORLD.facts().size();
        assertThat(byStanding.get(Standing.HELD_OUT)).isBetween(all * 8 / 100, all * 18 / 100);
        assertThat(byStanding.get(Standing.COLD_START)).isBetween(all * 38 / 100, all * 50 / 100);
        assertThat(byStanding.get(Standing.PASSAGES_ONLY)).isBetween(all * 38 / 100, all * 50 / 100);
    }

    @Test
    void aHeldOutCountryHoldsOutItsCities() {
        for (String city : WORLD.cities()) {
            String country = WORLD.fact(Relation.COUNTRY, city).orElseThrow().object();
            assertThat(WORLD.heldOut(city)).as(city).isEqualTo(WORLD.heldOut(country));
        }
    }

    @Test
    void noQuestionOfOneSplitIsInAnother() {
        Set<String> training = texts(questions.training(1_000, new SplittableRandom(1)));
        Set<String> heldOut = texts(questions.heldOutQuestions(200, new SplittableRandom(2)));
        Set<String> entities = texts(questions.heldOutEntities(200, new SplittableRandom(3)));
        assertThat(training).hasSize(1_000).doesNotContainAnyElementsOf(heldOut).doesNotContainAnyElementsOf(entities);
        assertThat(heldOut).hasSize(200).doesNotContainAnyElementsOf(entities);
    }

    @Test
    void questionsNeedOneToThreeHopsAndTheirFactsGiveTheAnswer() {
        List<AtlasQuestion> drawn = questions.training(1_000, new SplittableRandom(4));
        assertThat(drawn).extracting(AtlasQuestion::hops).contains(1, 2, 3).allMatch(h -> h >= 1 && h <= 3);
        for (AtlasQuestion question : drawn) {
            if (question.answer().equals("yes") || question.answer().equals("no")) {
                assertThat(question.text()).endsWith("on the same continent?");
            } else {
                assertThat(question.answer())
                        .contains(last(question.lookups()).fact().object());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(QuestionKind.class)
    void aKindsQuestionsNeedAsManyLookUpsAsItSays(QuestionKind kind) {
        SplittableRandom random = new SplittableRandom(5);
        List<AtlasQuestion> drawn = Stream.generate(() -> questions.draw(kind, random))
                .flatMap(Optional::stream)
                .limit(50)
                .toList();
        assertThat(drawn).extracting(question -> question.lookups().size()).containsOnly(kind.lookups());
    }

    /**
     * 3,000 questions ask for about 6,000 facts, of 1,475 that may be asked for: four times each. Of many countries there is no city, so that one
     * question only asks for their language, which may be held out: 19 never come up. Drawn at random, 78 did not, and 240 once.
     */
    @Test
    void trainingAsksForAllFactsAboutEquallyOften() {
        Map<Fact, Long> asked = questions.training(3_000, new SplittableRandom(1)).stream()
                .flatMap(question -> question.lookups().stream())
                .collect(Collectors.groupingBy(Lookup::fact, Collectors.counting()));
        List<Long> counts = WORLD.facts().stream()
                .filter(fact -> fact.standing() != Standing.HELD_OUT)
                .map(fact -> asked.getOrDefault(fact, 0L))
                .toList();
        assertThat(counts).hasSize(1_475);
        assertThat(counts).filteredOn(count -> count == 0).hasSizeLessThan(30);
        assertThat(counts).filteredOn(count -> count >= 3 && count <= 5).hasSizeGreaterThan(1_000);
    }

    @Test
    void equalSeedsDrawEqualQuestions() {
        assertThat(questions.training(50, new SplittableRandom(9)))
                .isEqualTo(questions.training(50, new SplittableRandom(9)));
    }

    @Test
    void noFactOfAFictionalWorldIsTrue() {
        AtlasWorld fiction = WORLD.fictional(new SplittableRandom(5));
        assertThat(fiction.facts()).hasSameSizeAs(WORLD.facts());
        for (Fact fact : fiction.facts()) {
            assertThat(fact.object())
                    .as(fact.id())
                    .isNotEqualTo(WORLD.fact(fact.relation(), fact.subject())
                            .orElseThrow()
                            .object());
        }
    }

    private static Lookup last(List<Lookup> lookups) {
        return lookups.get(lookups.size() - 1);
    }

    private static Set<String> texts(List<AtlasQuestion> questions) {
        return questions.stream().map(AtlasQuestion::text).collect(Collectors.toCollection(HashSet::new));
    }
}
