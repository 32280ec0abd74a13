package dev.seine.app.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.app.report.EvaluationData;
import dev.seine.app.report.Graded;
import dev.seine.app.report.Recall;
import dev.seine.app.report.Score;
import dev.seine.event.Question;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.producers.generator.SearchMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Asks several checkpoints the same questions and grades their answers. */
final class EvaluationRun {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int JUDGED_AT_ONCE = 4;

    private final Map<String, List<Question>> sets;
    private final List<Question> facts;
    private final SearchMode search;
    private final Judge judge;
    private final Consumer<String> lines;
    private final Map<String, Long> skipped = new TreeMap<>();
    private final Map<String, List<Recall>> probes = new LinkedHashMap<>();
    private final List<Score> scores = new ArrayList<>();

    /**
     * An evaluation.
     *
     * @param sets questions by name
     * @param facts of the memory probe; may be empty
     * @param lines takes one JSON object for each answer
     */
    EvaluationRun(
            Map<String, List<Question>> sets,
            List<Question> facts,
            SearchMode search,
            Judge judge,
            Consumer<String> lines) {
        this.sets = sets;
        this.facts = facts;
        this.search = search;
        this.judge = judge;
        this.lines = lines;
    }

    /**
     * Asks one checkpoint. A question that cannot be asked, such as one too long, is left out and counted.
     *
     * @param retrieved ids of the passages that the checkpoint's training looked up
     * @return its scores
     */
    List<Score> ask(Candidate candidate, Set<String> retrieved) {
        List<Score> own = new ArrayList<>();
        candidate.ask(evaluator -> {
            sets.forEach((name, questions) -> {
                List<ScoredTrajectory> answers = evaluator.ask(askable(evaluator, questions), search);
                List<Graded> graded = judged(name, answers);
                own.addAll(Score.of(
                        candidate.label(),
                        name,
                        graded,
                        candidate.config().run().seed()));
                for (int i = 0; i < answers.size(); i++) {
                    lines.accept(line(candidate, graded.get(i), answers.get(i)));
                }
            });
            if (!facts.isEmpty()) {
                Assessment probe = new Assessment(Map.of(), evaluator.ask(facts, SearchMode.NEVER));
                probes.put(candidate.label(), probe.recall(retrieved));
            }
        });
        scores.addAll(own);
        return own;
    }

    /** Everything so far. */
    EvaluationData data(String title, String judgeModel) {
        return new EvaluationData(title, search.id(), judgeModel, scores, probes, skipped, TrainRun.machine());
    }

    /** The memory probe of a checkpoint that was asked; empty if there is none. */
    List<Recall> probe(Candidate candidate) {
        return probes.getOrDefault(candidate.label(), List.of());
    }

    private List<Question> askable(Evaluator evaluator, List<Question> questions) {
        List<Question> askable = new ArrayList<>();
        for (Question question : questions) {
            evaluator
                    .problem(question)
                    .ifPresentOrElse(
                            problem -> skipped.merge(problem.replace(question.getId() + ": ", ""), 1L, Long::sum),
                            () -> askable.add(question));
        }
        return askable;
    }

    private List<Graded> judged(String dataset, List<ScoredTrajectory> answers) {
        ExecutorService pool = Executors.newFixedThreadPool(JUDGED_AT_ONCE);
        try {
            List<Future<Graded>> futures = answers.stream()
                    .map(answer -> pool.submit(() -> graded(dataset, answer)))
                    .toList();
            List<Graded> graded = new ArrayList<>();
            for (Future<Graded> future : futures) {
                graded.add(future.get());
            }
            return graded;
        } catch (ExecutionException e) {
            throw new IllegalStateException("grading of " + dataset + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while grading " + dataset, e);
        } finally {
            pool.shutdownNow();
        }
    }

    private Graded graded(String dataset, ScoredTrajectory answer) {
        Trajectory trajectory = answer.getTrajectory();
        return new Graded(
                dataset,
                trajectory.getQuestionId(),
                trajectory.getHops(),
                answer.getEm(),
                answer.getCem(),
                answer.getF1(),
                trajectory.getSearches(),
                answer.getViolations().isEmpty(),
                judge.judge(trajectory.getQuestion(), trajectory.getAnswers(), answer.getAnswer()));
    }

    private String line(Candidate candidate, Graded graded, ScoredTrajectory answer) {
        Trajectory trajectory = answer.getTrajectory();
        ObjectNode line = JSON.createObjectNode()
                .put("checkpoint", candidate.label())
                .put("dataset", graded.dataset())
                .put("search", search.id())
                .put("id", graded.id())
                .put("question", trajectory.getQuestion());
        line.set("answers", JSON.valueToTree(trajectory.getAnswers()));
        return line.put("given", answer.getAnswer())
                .put("em", graded.em())
                .put("cem", graded.cem())
                .put("f1", graded.f1())
                .put("judge", graded.judge().name())
                .put("searches", graded.searches())
                .put("hops", graded.hops())
                .put("wellFormed", graded.wellFormed())
                .put("finish", trajectory.getFinish().name())
                .put("text", trajectory.getText())
                .toString();
    }
}
