package dev.seine.serving.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.serving.answers.Answer;
import dev.seine.topics.Trace;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponseFormatTest {
    private final ResponseFormat format = new ResponseFormat(new Answer("a", "key", "policy", 0, 1_000, Trace.NONE), 0);
    private int index;

    private List<String> take(AnswerEventKind kind, String text) {
        return format.take(AnswerEvent.newBuilder()
                .setAnswerId("a")
                .setQuestionId("a")
                .setIndex(index++)
                .setKind(kind)
                .setText(text)
                .setFinish("EOS")
                .setAtMs(0)
                .build());
    }

    private static long messages(List<String> lines) {
        return lines.stream()
                .filter(line -> line.contains("response.output_item.added") && line.contains("\"message\""))
                .count();
    }

    @Test
    void anAnswerThatEndsInThoughtHasTheTextThatItHadAndNoOther() {
        take(AnswerEventKind.STARTED, "");
        assertThat(messages(take(AnswerEventKind.TEXT, "Oslo"))).isEqualTo(1);
        take(AnswerEventKind.INTERNAL, "Oslo is in Norway.");
        List<String> end = take(AnswerEventKind.FINISHED, "");
        assertThat(messages(end)).isZero();
        assertThat(end).last().asString().contains("response.completed", "Oslo is in Norway.");
    }

    @Test
    void anAnswerWithoutTextIsAnEmptyMessage() {
        take(AnswerEventKind.STARTED, "");
        take(AnswerEventKind.INTERNAL, "Oslo is in Norway.");
        List<String> end = take(AnswerEventKind.FINISHED, "");
        assertThat(messages(end)).isEqualTo(1);
    }
}
