package dev.seine.serving.answers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.Passage;
import java.util.List;
import org.junit.jupiter.api.Test;

class CitationTest {
    private static final Passage ICELAND = passage("p1", "Iceland", "The currency of Iceland is the Icelandic Krona.");
    private static final Passage OSLO = passage("https://example.org/oslo", "Oslo", "Oslo is in Norway.");

    private static Passage passage(String id, String title, String text) {
        return Passage.newBuilder()
                .setId(id)
                .setTitle(title)
                .setText(text)
                .setScore(1)
                .build();
    }

    @Test
    void theWholeAnswerIsCitedWhereAPassageStatesIt() {
        assertThat(Citation.of("icelandic krona", List.of(OSLO, ICELAND, ICELAND)))
                .containsExactly(new Citation(0, 15, ICELAND));
    }

    @Test
    void elseItsPartsAre() {
        // "Iceland" is 0..7, " and " goes between, "Norway" is 12..18
        assertThat(Citation.of("Iceland and Norway", List.of(ICELAND, OSLO)))
                .containsExactly(new Citation(0, 7, ICELAND), new Citation(12, 18, OSLO));
    }

    @Test
    void aWordInsideAnotherIsNotStated() {
        assertThat(Citation.of("Ice", List.of(ICELAND))).isEmpty();
        assertThat(Citation.of("", List.of(ICELAND))).isEmpty();
    }

    @Test
    void anIdThatIsAnAddressIsTheAddress() {
        assertThat(new Citation(0, 1, OSLO).url()).isEqualTo("https://example.org/oslo");
        assertThat(new Citation(0, 1, ICELAND).url()).isEqualTo("urn:seine:passage:p1");
    }
}
