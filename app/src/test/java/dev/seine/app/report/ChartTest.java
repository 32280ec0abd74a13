package dev.seine.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChartTest {
    static Stream<List<Double>> values() {
        return Stream.of(
                List.of(),
                List.of(1.0),
                List.of(0.0, 0.0, 0.0),
                List.of(Double.NaN, Double.POSITIVE_INFINITY),
                List.of(1.0, Double.NaN, 2.0),
                List.of(-1e9, 1e-9));
    }

    @ParameterizedTest
    @MethodSource("values")
    void everySeriesOfValuesHasAPicture(List<Double> values) {
        List<Integer> steps =
                Stream.iterate(1, step -> step + 1).limit(values.size()).toList();

        assertThat(Chart.png(Map.of("recipe", new Curve("loss", steps, values)), Chart.Theme.DARK))
                .startsWith(0x89, 'P', 'N', 'G');
    }
}
