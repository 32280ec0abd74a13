package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemoryBufferTest {
    private final MemoryBuffer buffer = new MemoryBuffer(4, 0.5, 7);

    @Test
    void freshSamplesAreDrawnFirstAndOldestFirst() {
        add("a", "b", "c");
        assertThat(ids(buffer.draw(2, 1))).containsExactly("a", "b");
        add("d");
        assertThat(ids(buffer.draw(2, 2))).containsExactly("c", "d");
    }

    @Test
    void replayFillsUpAndNeverTakesASampleTwice() {
        add("a", "b", "c");
        buffer.draw(3, 1);
        add("d");
        List<String> drawn = ids(buffer.draw(3, 2));
        assertThat(drawn).startsWith("d").hasSize(3).doesNotHaveDuplicates();
    }

    @Test
    void theOldestMakesRoom() {
        add("a", "b", "c", "d", "e");
        assertThat(ids(buffer.content())).containsExactly("b", "c", "d", "e");
    }

    @Test
    void whatSaysTheSameIsKeptOnceAndIsNotFreshAgain() {
        add("a", "b");
        buffer.draw(2, 1);
        buffer.add(new Recollection("a2", "question a", "r1-searcher++", "p", "text", true, false));
        assertThat(ids(buffer.content())).containsExactly("b", "a2");
        assertThat(buffer.content()).noneMatch(Recollection::fresh);
    }

    @Test
    void equalContentSeedAndStepDrawEqually() {
        add("a", "b", "c", "d");
        buffer.draw(4, 1);
        MemoryBuffer copy = new MemoryBuffer(4, 0.5, 7);
        copy.restore(buffer.content());
        for (long step = 2; step < 10; step++) {
            assertThat(ids(copy.draw(2, step))).isEqualTo(ids(buffer.draw(2, step)));
        }
    }

    @Test
    void halfOfADrawIsWhatWasNotKnownLastTime() {
        add("a", "b", "c", "d");
        buffer.found(buffer.draw(4, 1), Set.of("c"));
        for (long step = 2; step < 20; step++) {
            // 0.5 * 2 = 1 place for the uncertain
            assertThat(ids(buffer.draw(2, step))).hasSize(2).contains("c").doesNotHaveDuplicates();
        }
    }

    @Test
    void whatIsKnownAgainHasNoPlaceAhead() {
        add("a", "b", "c", "d");
        buffer.found(buffer.draw(4, 1), Set.of("c"));
        buffer.found(buffer.content(), Set.of());
        assertThat(buffer.content()).noneMatch(Recollection::uncertain);
    }

    private void add(String... ids) {
        for (String id : ids) {
            buffer.add(new Recollection(id, "question " + id, "r1-searcher++", "p", "text", true, false));
        }
    }

    private static List<String> ids(List<Recollection> samples) {
        return samples.stream().map(Recollection::id).toList();
    }
}
