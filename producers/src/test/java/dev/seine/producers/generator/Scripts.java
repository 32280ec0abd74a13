package dev.seine.producers.generator;

import dev.seine.event.Question;
import dev.seine.event.Trajectory;
import dev.seine.producers.generator.ScriptedEngine.Script;
import java.util.List;

/** Policies and questions of the tests. */
final class Scripts {
    /** Searches once for its own question if it may, and answers with what the passages say. */
    static final Script SEARCH_ONCE = (id, soFar, sampling) -> {
        if (sampling.bannedTokens().length > 0) {
            return "<internal> guess </internal> \\boxed{ guess } <eos>";
        }
        return soFar.contains("<document>") ? "\\boxed{ found } <eos>" : "let me <external> capital of X </external>";
    };

    private Scripts() {}

    static Question question(String id, long seq, int groupSize, int closedBook) {
        return Question.newBuilder()
                .setId(id)
                .setText("What is " + id + "?")
                .setAnswers(List.of("found"))
                .setSource("test")
                .setSplit("train")
                .setHops(2)
                .setSeq(seq)
                .setGroupSize(groupSize)
                .setClosedBook(closedBook)
                .setAtMs(0)
                .build();
    }

    /** Prompt and text of a trajectory as its tokens say, the end token included. */
    static String decoded(Words words, Trajectory trajectory) {
        return words.decode(
                trajectory.getTokens().stream().mapToInt(Integer::intValue).toArray());
    }
}
