package dev.seine.app.train;

import dev.seine.event.FinishReason;
import dev.seine.event.Question;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.schemas.Demonstration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Cold-start data by rejection sampling: rolls a policy out and keeps what is correct and well formed, once a text and at most
 * so many a question. Every rollout is counted under its temperature with what became of it.
 */
final class RejectionSampling {
    static final String KEPT = "kept";
    private static final int QUESTIONS_AT_ONCE = 64;

    private final Sampler sampler;
    private final int candidates;
    private final int keep;
    private final Map<Double, Map<String, Long>> outcomes = new LinkedHashMap<>();
    private final Map<String, List<Demonstration>> kept = new LinkedHashMap<>();
    private final Map<String, Long> skipped = new TreeMap<>();

    /**
     * A sampling.
     *
     * @param candidates rollouts of each question at each temperature
     * @param keep most demonstrations of a question
     */
    RejectionSampling(Sampler sampler, int candidates, int keep) {
        this.sampler = sampler;
        this.candidates = candidates;
        this.keep = keep;
    }

    /**
     * Rolls out all questions at all temperatures.
     *
     * @param done told how many questions are done, now and then
     * @return what was kept, in the order of the questions
     */
    List<Demonstration> run(List<Question> questions, List<Double> temperatures, Consumer<Integer> done) {
        temperatures.forEach(temperature -> outcomes.put(temperature, new TreeMap<>()));
        List<Question> askable = new ArrayList<>();
        for (Question question : questions) {
            sampler.problem(question)
                    .ifPresentOrElse(
                            problem -> skipped.merge(problem.replace(question.getId() + ": ", ""), 1L, Long::sum),
                            () -> askable.add(question));
        }
        Map<String, Set<String>> texts = new HashMap<>();
        for (int from = 0; from < askable.size(); from += QUESTIONS_AT_ONCE) {
            List<Question> part = askable.subList(from, Math.min(askable.size(), from + QUESTIONS_AT_ONCE));
            for (int i = 0; i < temperatures.size(); i++) {
                double temperature = temperatures.get(i);
                for (ScoredTrajectory rollout : sampler.sample(asked(part, i), temperature)) {
                    String outcome = take(rollout, texts);
                    outcomes.computeIfAbsent(temperature, any -> new TreeMap<>())
                            .merge(outcome, 1L, Long::sum);
                }
            }
            done.accept(from + part.size());
        }
        return kept.values().stream().flatMap(List::stream).toList();
    }

    /** The epoch tells the temperatures' random numbers apart. */
    private List<Question> asked(List<Question> questions, int epoch) {
        return questions.stream()
                .map(question -> Question.newBuilder(question)
                        .setGroupSize(candidates)
                        .setEpoch(epoch)
                        .build())
                .toList();
    }

    private String take(ScoredTrajectory rollout, Map<String, Set<String>> texts) {
        Trajectory trajectory = rollout.getTrajectory();
        if (trajectory.getFinish() != FinishReason.EOS) {
            return "ended by " + trajectory.getFinish();
        }
        if (!rollout.getViolations().isEmpty()) {
            return "malformed: " + kind(rollout.getViolations().get(0));
        }
        if (!rollout.getCorrect()) {
            return "wrong answer";
        }
        String id = trajectory.getQuestionId();
        if (!texts.computeIfAbsent(id, any -> new HashSet<>()).add(trajectory.getText())) {
            return "correct, but the same text again";
        }
        List<Demonstration> own = kept.computeIfAbsent(id, any -> new ArrayList<>());
        if (own.size() == keep) {
            return "correct, but enough of this question";
        }
        own.add(new Demonstration(
                id + "#" + own.size(),
                trajectory.getQuestion(),
                trajectory.getAnswers(),
                trajectory.getPrompt(),
                trajectory.getText()));
        return KEPT;
    }

    /** A violation without its place in the text. */
    private static String kind(String violation) {
        return violation.replaceAll(":.*", "").replaceAll(" at \\d+", "");
    }

    /** Rollouts by temperature and outcome. */
    Map<Double, Map<String, Long>> outcomes() {
        return outcomes;
    }

    /** Questions that could not be asked, by reason. */
    Map<String, Long> skipped() {
        return skipped;
    }

    /** Questions with at least one demonstration. */
    int answered() {
        return kept.size();
    }
}
