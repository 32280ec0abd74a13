package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.app.health.Collapse;
import dev.seine.app.health.HealthConfig;
import dev.seine.app.health.Warning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows of two steps; version n of the weights is the text "n". */
class HealthWatchTest {
    @TempDir
    private Path dir;

    private RunFolder folder;
    private final SortedMap<Integer, Map<String, Double>> metrics = new TreeMap<>();

    @BeforeEach
    void create() {
        folder = new RunFolder(dir).create();
    }

    @Test
    void theBestWindowsWeightsOutliveThePruning() throws Exception {
        HealthWatch watch = watch(false);
        double[] accuracy = {0.5, 0.7, 0.9, 0.8, 0.6, 0.2};
        for (int step = 1; step <= accuracy.length; step++) {
            Files.writeString(folder.weights(step - 1L), Integer.toString(step - 1));
            step(step, accuracy[step - 1], 1);
            watch.look(metrics);
            Files.delete(folder.weights(step - 1L));
        }
        // means of two: 0.6, 0.8, 0.85, 0.7, 0.4; the best is steps 3 and 4, and step 4 began from version 3
        assertThat(folder.bestWeights()).hasContent("3");
        assertThat(watch.health().bestVersion()).isEqualTo(3);
        assertThat(watch.health().bestAccuracy()).isEqualTo((0.9 + 0.8) / 2);

        // A run that is taken up again reads the same steps at once, and what comes after them is worse.
        HealthWatch resumed = watch(false);
        Files.writeString(folder.weights(6), "6");
        step(7, 0.3, 1);
        resumed.look(metrics);
        assertThat(folder.bestWeights()).hasContent("3");
        assertThat(resumed.health().bestVersion()).isEqualTo(3);
    }

    @Test
    void aCollapseIsReportedOnceAndStopsOnlyIfAskedTo() {
        HealthWatch warns = watch(false);
        HealthWatch stops = watch(true);
        for (int step = 1; step <= 4; step++) {
            step(step, 0.5, step <= 2 ? 1 : 0.3);
        }
        assertThat(warns.look(metrics)).extracting(Warning::collapse).containsExactly(Collapse.FORMAT_COLLAPSE);
        stops.look(metrics);
        step(5, 0.5, 0.3);
        assertThat(warns.look(metrics)).isEmpty();
        assertThat(warns.health().warnings()).hasSize(1);
        assertThat(warns.stops()).isFalse();
        assertThat(stops.stops()).isTrue();
    }

    private HealthWatch watch(boolean stop) {
        return new HealthWatch(new HealthConfig(2, stop, 1.5, 4, 0.2, 0.1, 0.25), folder);
    }

    private void step(int step, double accuracy, double wellFormed) {
        metrics.put(step, Map.of("correct", accuracy, "well-formed", wellFormed));
    }
}
