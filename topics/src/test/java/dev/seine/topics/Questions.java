package dev.seine.topics;

import dev.seine.event.Question;
import java.util.List;

/** Questions to write in tests. */
final class Questions {
    private Questions() {}

    static Question of(String id) {
        return Question.newBuilder()
                .setId(id)
                .setText("What is " + id + "?")
                .setAnswers(List.of("a", "b"))
                .setSource("test")
                .setAtMs(1)
                .build();
    }
}
