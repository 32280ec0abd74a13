package dev.seine.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.event.Question;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TopicsTest {
    @Test
    void everyNameIsThereOnceAndEveryTypeButThatOfQuestions() {
        assertThat(Topics.ALL).hasSize(14).extracting(Topic::name).doesNotHaveDuplicates();
        assertThat(Topics.ALL)
                .filteredOn(topic -> !topic.equals(Topics.FEEDBACK_QUESTIONS))
                .extracting(Topic::type)
                .doesNotHaveDuplicates();
        assertThat(Topics.ALL)
                .allSatisfy(topic -> assertThat(Topics.of(topic.name())).contains(topic));
        assertThat(Topics.of("nothing")).isEmpty();
    }

    @Test
    void topicsReadTogetherHaveEquallyManyPartitions() {
        assertThat(Topics.CO_PARTITIONED)
                .allSatisfy(together ->
                        assertThat(together).extracting(Topic::partitions).containsOnly(4));
        Creation.checkPartitions(Map.of("questions", 8, "retrieval-requests", 8, "retrieval-responses", 8));
        assertThatThrownBy(() -> Creation.checkPartitions(Map.of("questions", 8, "retrieval-responses", 4)))
                .hasMessageContaining("must have equally many partitions")
                .hasMessageContaining("8=[questions]")
                .hasMessageContaining("4=[retrieval-responses]");
        assertThatThrownBy(() -> Creation.checkPartitions(Map.of("questions", 8, "feedback", 4)))
                .hasMessageStartingWith(
                        "topics [questions, answer-events, feedback] must have equally many partitions");
    }

    @Test
    void orderedTopicsHaveOnePartition() {
        assertThatThrownBy(() -> Creation.checkPartitions(Map.of("weights", 3)))
                .hasMessage("topic weights must have 1 partition, since its order matters, got 3");
    }

    @Test
    void onlyTheLatestWeightsAreKept() {
        assertThat(Topics.WEIGHTS.retention().settings()).containsEntry("cleanup.policy", "compact");
        assertThat(Topics.TRAJECTORIES.retention().settings()).containsEntry("retention.ms", "-1");
        // 7 * 24 * 3600 * 1000
        assertThat(Topics.QUESTIONS.retention().settings()).containsEntry("retention.ms", "604800000");
    }

    @Test
    void aTopicNeedsAPartition() {
        assertThatThrownBy(() -> new Topic<>("t", Question.class, 0, Retention.DAYS))
                .hasMessage("topic t: partitions must be at least 1, got 0");
    }
}
