package dev.seine.streams.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MatchTest {
    @Test
    void normalisationDropsArticlesPunctuationAndCase() {
        assertThat(Words.of("The_Quick, \u2018brown\u2019 fox's A-list"))
                .containsExactly("quick", "brown", "fox", "s", "list");
        assertThat(Words.of("True")).containsExactly("yes");
        assertThat(Words.of("true")).containsExactly("true");
        assertThat(Words.of("a\u2013b\u00a0anthem")).containsExactly("\u2013b", "anthem");
        assertThat(Words.of(" \n ")).isEmpty();
    }

    @Test
    void coverMatchAllowsAnyOrderAndOrderedCoverMatchDoesNot() {
        Match match = Match.best("1953, July 27", List.of("July 27, 1953"));
        assertThat(match.em()).isZero();
        assertThat(match.cem()).isEqualTo(1);
        assertThat(match.cemOrdered()).isZero();
        assertThat(match.f1()).isEqualTo(1);
    }

    @Test
    void f1CountsWordsAsOftenAsTheyOccur() {
        // got new york new york (4), gold new york city (3), common 2: P = 2/4, R = 2/3, F1 = 2*(1/2*2/3)/(1/2+2/3) =
        // 4/7
        assertThat(Match.best("New York, New York", List.of("New York City")).f1())
                .isCloseTo(4.0 / 7, within(1e-12));
    }

    @Test
    void yesIsNoPartOfALongerAnswer() {
        assertThat(Match.best("yes it is", List.of("yes")).f1()).isZero();
        assertThat(Match.best("Yes.", List.of("yes")).f1()).isEqualTo(1);
        assertThat(Match.best("True", List.of("yes")).em()).isEqualTo(1);
    }

    @Test
    void theBestOfSeveralAcceptedAnswersCounts() {
        assertThat(Match.best("Paris", List.of("Lyon", "Paris")).em()).isEqualTo(1);
        assertThat(Match.best("Paris", List.of())).isEqualTo(Match.NONE);
    }

    @Test
    void anAcceptedAnswerWithoutWordsIsNotCoveredByEverything() {
        assertThat(Match.best("Paris", List.of("The")).cem()).isZero();
    }
}
