package dev.seine.serving.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.topics.Trace;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private final Answer answer = new Answer("a", "key", "policy", 0, 1_000, Trace.NONE);

    private static AnswerEvent event(int index, AnswerEventKind kind) {
        return AnswerEvent.newBuilder()
                .setAnswerId("a")
                .setQuestionId("a")
                .setIndex(index)
                .setKind(kind)
                .setAtMs(0)
                .build();
    }

    @Test
    void anEventThatComesTwiceIsSeenOnceAndAGapIsAnError() {
        assertThat(answer.add(event(0, AnswerEventKind.STARTED))).isTrue();
        assertThat(answer.add(event(0, AnswerEventKind.STARTED))).isFalse();
        assertThatThrownBy(() -> answer.add(event(2, AnswerEventKind.TEXT))).hasMessageContaining("event 2 follows 0");
        assertThat(answer.events()).hasSize(1);
    }

    @Test
    void readersFollowEachAtItsOwnPace() throws Exception {
        CompletableFuture<List<AnswerEvent>> early = CompletableFuture.supplyAsync(() -> {
            try {
                return answer.await(0, Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        answer.add(event(0, AnswerEventKind.STARTED));
        assertThat(early.join()).hasSize(1);
        answer.add(event(1, AnswerEventKind.FINISHED));
        assertThat(answer.await(0, Duration.ZERO)).hasSize(2);
        assertThat(answer.await(2, Duration.ofSeconds(20))).isEmpty();
        assertThat(answer.awaitEnd(1_000, 0)).isTrue();
        assertThat(answer.add(event(2, AnswerEventKind.TEXT))).isFalse();
    }
}
