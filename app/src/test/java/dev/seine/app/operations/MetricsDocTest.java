package dev.seine.app.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.topics.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of metrics in the documentation is the one in the code. */
class MetricsDocTest {
    @Test
    void theDocumentedTableIsTheOneInTheCode() throws IOException {
        List<String> documented =
                Files.readString(Path.of("..", "docs", "metrics.md")).lines().toList();
        assertThat(documented).containsSubsequence(rows());
        assertThat(documented.stream().filter(line -> line.startsWith("| `seine_")))
                .hasSize(Metric.values().length);
    }

    private static List<String> rows() {
        return Arrays.stream(Metric.values()).map(MetricsDocTest::row).toList();
    }

    private static String row(Metric metric) {
        String labels = metric.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
        return "| `%s` | %s | %s | %s |"
                .formatted(metric.series(), metric.kind().name().toLowerCase(Locale.ROOT), labels, metric.meaning());
    }
}
