package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.streams.recorded.RecordedScore;
import dev.seine.streams.reward.Recipe;
import dev.seine.topics.EmbeddedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Published trajectories through a real broker and the topology, against figures computed elsewhere. */
class RecordedScoringTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path dir;

    @Test
    void bamboogleScoresAsTheReferenceSaysRecordByRecord() throws Exception {
        Path data = Path.of(System.getProperty("seine.shared", "../shared"), "data");
        Path recorded = data.resolve("published-trajectories/bamboogle_qwen.jsonl");
        assumeTrue(Files.exists(recorded), "no published trajectories in " + recorded + ": skipped");
        List<RecordedScore> scores = score(recorded, new ArrayList<>());

        List<String> metrics = Files.readAllLines(data.resolve("reference/bamboogle_qwen.metrics.jsonl"));
        List<String> rewards = Files.readAllLines(data.resolve("reference/bamboogle_qwen.stage2_rewards.jsonl"));
        assertThat(scores).hasSameSizeAs(metrics);
        for (int i = 0; i < scores.size(); i++) {
            JsonNode metric = JSON.readTree(metrics.get(i));
            JsonNode reward = JSON.readTree(rewards.get(i));
            RecordedScore score = scores.get(i);
            assertThat(score.em()).as("em of %d", i).isEqualTo(metric.get("em").asDouble());
            assertThat(score.cem())
                    .as("cem of %d", i)
                    .isEqualTo(metric.get("cem").asDouble());
            assertThat(score.f1()).as("f1 of %d", i).isCloseTo(metric.get("f1").asDouble(), within(1e-12));
            assertThat(score.searches()).isEqualTo(metric.get("searches").asInt());
            assertThat(score.reward()).isCloseTo(reward.get("reward").asDouble(), within(1e-12));
            assertThat(score.formatViolation())
                    .isEqualTo(reward.get("format_violation").asBoolean());
        }
    }

    @Test
    void aLineThatIsNoTrajectoryIsNamedAndTheRestIsScored() throws Exception {
        Path file = dir.resolve("recorded.jsonl");
        Files.writeString(
                file,
                """
                {"question": "q", "answer": "Paris", "gen_text_store": " I know.</think> <answer> Paris </answer>"}
                {"question": "q"
                {"question": "q", "answer": "Rome", "gen_text_store": " I know.</think> <answer> Paris </answer>"}
                """);
        List<String> refused = new ArrayList<>();
        List<RecordedScore> scores = score(file, refused);
        assertThat(scores).extracting(RecordedScore::em).containsExactly(1.0, 0.0);
        assertThat(refused).singleElement().asString().contains("recorded.jsonl:2: ");
    }

    private List<RecordedScore> score(Path file, List<String> refused) {
        try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("kafka"));
                Cluster cluster = Cluster.open(new RunFolder(dir).create(), broker.bootstrap(), "", Map.of())) {
            return new RecordedScoring(cluster, Recipe.R1_SEARCHER_STAGE_2.rewards(), dir.resolve("state"))
                    .score(file, refused::add);
        }
    }
}
