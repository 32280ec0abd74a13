package dev.seine.learner;

import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import dev.seine.schemas.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Figures of what a rollout wrote: the first signs of a policy that goes wrong are to be seen in its texts. */
final class TextFigures {
    private static final int GRAM = 4;

    private TextFigures() {}

    /** Share of the sampled tokens' runs of four that occurred before in the same rollout, 0 to 1; 0 if it is shorter. */
    static double repetition(ScoredTrajectory scored) {
        Trajectory trajectory = scored.getTrajectory();
        List<Integer> written = new ArrayList<>();
        for (int i = 0; i < trajectory.getTokens().size(); i++) {
            if (trajectory.getSampled().get(i)) {
                written.add(trajectory.getTokens().get(i));
            }
        }
        int runs = written.size() - GRAM + 1;
        Set<List<Integer>> distinct = new HashSet<>();
        for (int i = 0; i < runs; i++) {
            distinct.add(written.subList(i, i + GRAM));
        }
        return runs <= 0 ? 0 : 1 - distinct.size() / (double) runs;
    }

    /** 1 if nothing but an answer was written: no reasoning, no recall, no search; else 0. */
    static double emptyReasoning(ScoredTrajectory scored) {
        Trajectory trajectory = scored.getTrajectory();
        boolean answersOnly = Markup.parse(Dialect.of(trajectory.getDialect()), trajectory.getText()).spans().stream()
                .allMatch(Span.Answer.class::isInstance);
        return answersOnly ? 1 : 0;
    }

    /** Words of the answer, by white space; 0 if there is none. */
    static double answerWords(ScoredTrajectory scored) {
        String answer = scored.getAnswer().strip();
        return answer.isEmpty() ? 0 : answer.split("\\s+").length;
    }
}
