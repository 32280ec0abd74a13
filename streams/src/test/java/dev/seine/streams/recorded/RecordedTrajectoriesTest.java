package dev.seine.streams.recorded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.schemas.Dialect;
import dev.seine.streams.reward.Recipe;
import dev.seine.streams.reward.Rollout;
import dev.seine.streams.reward.Scoring;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedTrajectoriesTest {
    private static final String GOOD =
            "{\"question\":\"q\",\"answer\":[\"a\",\"b\"],\"gen_text_store\":\"x</think> <answer> b </answer>\"}";

    @TempDir
    Path folder;

    @Test
    void aBadLineIsReportedWithFileAndNumberAndTheRestIsRead() throws Exception {
        Path file = write(GOOD, "{", "", "{\"question\":\"q\",\"answer\":\"a\"}", "{\"question\":1}", GOOD);
        try (Stream<RecordedLine> lines = new RecordedTrajectories(file, Dialect.R1_SEARCHER).lines()) {
            List<RecordedLine> all = lines.toList();
            assertThat(all).extracting(RecordedLine::number).containsExactly(1L, 2L, 4L, 5L, 6L);
            assertThat(((RecordedLine.Refused) all.get(1)).message()).startsWith(file + ":2: no JSON: ");
            assertThat(((RecordedLine.Refused) all.get(2)).message())
                    .isEqualTo(file + ":4: 'gen_text_store' must be a text, got nothing");
            assertThat(all.get(4)).isInstanceOf(RecordedLine.Read.class);
        }
    }

    @Test
    void readingAllStopsAtTheFirstBadLine() throws Exception {
        Path file = write(GOOD, "{\"question\":\"q\",\"answer\":3,\"gen_text_store\":\"\"}");
        assertThatThrownBy(() -> new RecordedTrajectories(file, Dialect.R1_SEARCHER).all())
                .hasMessage(file + ":2: 'answer' must be a text or a list of texts, got number");
    }

    @Test
    void eachTrajectoryIsAGroupOfItsOwn() throws Exception {
        List<Rollout> rollouts = new RecordedTrajectories(write(GOOD, GOOD), Dialect.R1_SEARCHER).all();
        assertThat(rollouts)
                .extracting(rollout -> rollout.trajectory().getGroupId())
                .containsExactly("recorded.jsonl:1@0", "recorded.jsonl:2@0");
        assertThat(rollouts.get(0).trajectory().getTokens()).isEmpty();
    }

    @Test
    void aScoreIsOneLineOfJson() throws Exception {
        Rollout rollout =
                new RecordedTrajectories(write(GOOD), Dialect.R1_SEARCHER).all().get(0);
        assertThat(RecordedScore.of(rollout, new Scoring(Recipe.R1_SEARCHER_STAGE_2.rewards()))
                        .toJson())
                .isEqualTo(
                        "{\"em\":1.0,\"f1\":1.0,\"cem\":1.0,\"searches\":0,\"reward\":1.0,\"format_violation\":false}");
    }

    private Path write(String... lines) throws Exception {
        return Files.write(folder.resolve("recorded.jsonl"), List.of(lines));
    }
}
