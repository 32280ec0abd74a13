package dev.seine.streams.recorded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.schemas.Dialect;
import dev.seine.streams.Shared;
import dev.seine.streams.reward.Match;
import dev.seine.streams.reward.Recipe;
import dev.seine.streams.reward.Rollout;
import dev.seine.streams.reward.Scoring;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Figures that the authors of R1-Searcher published, or that follow from their code. */
class PublishedRecordsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyBamboogleRecordHasItsReferenceMetricsAndReward() throws Exception {
        List<Rollout> rollouts = rollouts("bamboogle_qwen");
        List<String> metrics = Files.readAllLines(Shared.file("reference/bamboogle_qwen.metrics.jsonl"));
        List<String> rewards = Files.readAllLines(Shared.file("reference/bamboogle_qwen.stage2_rewards.jsonl"));
        Scoring scoring = new Scoring(Recipe.R1_SEARCHER_STAGE_2.rewards());
        assertThat(rollouts).hasSize(125).hasSameSizeAs(metrics).hasSameSizeAs(rewards);
        for (int i = 0; i < rollouts.size(); i++) {
            Rollout rollout = rollouts.get(i);
            RecordedScore got = RecordedScore.of(rollout, scoring);
            JsonNode metric = JSON.readTree(metrics.get(i));
            JsonNode reward = JSON.readTree(rewards.get(i));
            String record = "record " + (i + 1);
            assertThat(got.em()).as(record).isEqualTo(metric.get("em").asDouble());
            assertThat(got.cem()).as(record).isEqualTo(metric.get("cem").asDouble());
            assertThat(got.f1()).as(record).isEqualTo(metric.get("f1").asDouble());
            assertThat(got.searches())
                    .as(record)
                    .isEqualTo(metric.get("searches").asInt());
            assertThat(got.reward()).as(record).isEqualTo(reward.get("reward").asDouble());
            assertThat(got.formatViolation())
                    .as(record)
                    .isEqualTo(reward.get("format_violation").asBoolean());
            Match match = Match.best(
                    rollout.statedAnswer().orElseThrow(), rollout.trajectory().getAnswers());
            assertThat(match.cemOrdered())
                    .as(record)
                    .isEqualTo(metric.get("cem_ordered").asDouble());
        }
    }

    @ParameterizedTest
    @CsvSource({"hotpotqa_qwen, 500, 0.580, 0.654, 0.71866, 2.110", "bamboogle_qwen, 125, 0.456, 0.528, 0.57690, 1.984"
    })
    void averagesAreThoseOfThePaper(String file, int n, double em, double cem, double f1, double searches) {
        Scoring scoring = new Scoring(Recipe.R1_SEARCHER_STAGE_2.rewards());
        List<RecordedScore> scores = rollouts(file).stream()
                .map(rollout -> RecordedScore.of(rollout, scoring))
                .toList();
        assertThat(scores).hasSize(n);
        assertThat(mean(scores, RecordedScore::em)).isCloseTo(em, within(1e-12));
        assertThat(mean(scores, RecordedScore::cem)).isCloseTo(cem, within(1e-12));
        assertThat(mean(scores, RecordedScore::f1)).isCloseTo(f1, within(5e-6));
        assertThat(mean(scores, RecordedScore::searches)).isCloseTo(searches, within(1e-12));
    }

    private static List<Rollout> rollouts(String name) {
        Path file = Shared.file("published-trajectories/" + name + ".jsonl");
        return new RecordedTrajectories(file, Dialect.R1_SEARCHER).all();
    }

    private static double mean(List<RecordedScore> scores, ToDoubleFunction<RecordedScore> part) {
        return scores.stream().mapToDouble(part).average().orElseThrow();
    }
}
