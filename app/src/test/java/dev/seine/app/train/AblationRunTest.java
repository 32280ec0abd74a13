package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.app.config.ConfigException;
import dev.seine.app.config.Source;
import dev.seine.app.train.AblationRun.AblationFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small grid with real runs, each with a broker of its own. */
@Tag("slow")
final class AblationRunTest {
    private static final Source.Document GRID = new Source.Document(
            "grid.toml",
            """
            seeds = [1]
            [set]
            atlas.training-questions = 20
            atlas.evaluation-questions = 4
            demonstrations.count = 100
            model.hidden-size = 32
            model.intermediate-size = 64
            model.layers = 1
            cold-start.steps = 10
            rl.steps = 2
            rl.questions-per-step = 2
            rl.group-size = 4
            generate.slots = 16
            generate.max-tokens = 96
            [arms.plus]
            [arms.vanilla]
            recipe = "vanilla-rl"
            """);

    @TempDir
    private Path dir;

    private List<String> run(List<String> settings) throws InterruptedException {
        Grid grid = Grid.load(GRID);
        return new AblationRun(new AblationFolder(dir), grid, dir.resolve("report"), new SilentView(), () -> false)
                .run(Map.of(1L, grid.configs(GRID, 1, settings)));
    }

    @Test
    void armsStartFromTheSameWeightsAndAFinishedOneIsNotRunAgain() throws Exception {
        assertThat(run(List.of())).isEmpty();
        Path arms = dir.resolve("seed-1/arms");
        assertThat(arms.resolve("plus/cold-start.safetensors"))
                .hasSameBinaryContentAs(arms.resolve("vanilla/cold-start.safetensors"));
        JsonNode report =
                new ObjectMapper().readTree(dir.resolve("report/report.json").toFile());
        assertThat(report.path("runs")).hasSize(2);
        // 2 steps of 2 questions: at least 4 groups were closed.
        assertThat(report.path("runs").path(0).path("thirds").findValues("groups").stream()
                        .mapToInt(JsonNode::asInt)
                        .sum())
                .isGreaterThanOrEqualTo(4);
        Object finished = Files.getLastModifiedTime(arms.resolve("plus/finished.json"));
        Files.delete(arms.resolve("vanilla/finished.json"));

        assertThat(run(List.of())).isEmpty();
        assertThat(Files.getLastModifiedTime(arms.resolve("plus/finished.json")))
                .isEqualTo(finished);
        assertThat(arms.resolve("vanilla/finished.json")).isNotEmptyFile();

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> run(List.of("rl.steps=3")))
                .withMessageContaining("was begun with other settings");
    }
}
