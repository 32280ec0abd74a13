package dev.seine.app.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PanelTest {
    static Progress progress(int step) {
        return new Progress(
                "reinforcement learning",
                step,
                200,
                OptionalDouble.of(0.04),
                OptionalDouble.of(-0.25 + step / 200.0),
                OptionalDouble.of(0.5),
                OptionalDouble.of(1.5),
                OptionalDouble.of(1),
                12,
                21_400,
                9_840,
                OptionalDouble.of(0.71),
                Duration.ofSeconds(65),
                Optional.of(Duration.ofSeconds(3_723)));
    }

    private static List<String> lines(int columns, boolean unicode) {
        History history = new History();
        IntStream.rangeClosed(1, 50).forEach(step -> history.add(progress(step)));
        return Panel.lines(progress(50), history, columns, unicode).stream()
                .map(AttributedString::toString)
                .toList();
    }

    @Test
    void everyFigureHasItsPlace() {
        List<String> lines = lines(80, true);

        assertThat(lines.get(0)).isEqualTo("≈ seine  reinforcement learning  1:05, about 1:02:03 left");
        assertThat(lines.get(1)).startsWith("━").endsWith("╌ 50/200").hasSize(79);
        assertThat(lines.get(2)).startsWith("reward     0.00     ▁").endsWith("█");
        assertThat(lines.get(3)).startsWith("accuracy   50.0%    ");
        assertThat(lines).last().isEqualTo("generated 21k tok/s · trained 9.8k tok/s · lag 12 · memory 71.0%");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 39, 40, 41, 79, 80, 200, 1000})
    void noLineReachesTheLastColumn(int columns) {
        assertThat(lines(columns, true))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(Math.max(1, columns - 1)));
    }

    @Test
    void withoutUnicodeThePanelIsAscii() {
        assertThat(String.join("", lines(80, false)).chars()).allMatch(c -> c < 128);
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        Progress start = Progress.of("broker", 0, Duration.ZERO);

        assertThat(Panel.lines(start, new History(), 80, true).stream().map(AttributedString::toString))
                .containsExactly("≈ seine  broker  0:00");
    }
}
