package dev.seine.app.train;

import dev.seine.app.promote.Figures;
import dev.seine.app.promote.KeptWeights;
import dev.seine.app.report.Evaluation;
import dev.seine.event.Question;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.WeightsPublished;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.store.RunStore;
import dev.seine.producers.generator.SearchMode;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.topics.Clients;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Asks versions the first held-out questions of a run, with search, and publishes what each achieved. */
final class HeldOut implements Function<WeightsPublished, Figures> {
    /** Name of the question set in evaluations. */
    static final String DATASET = "gate";

    private final RunFolder folder;
    private final RunConfig config;
    private final Clients clients;
    private final RunStore store;

    /** Versions are taken from this store, which stays the caller's. */
    HeldOut(RunFolder folder, RunConfig config, Clients clients, RunStore store) {
        this.folder = folder;
        this.config = config;
        this.clients = clients;
        this.store = store;
    }

    @Override
    public Figures apply(WeightsPublished weights) {
        List<Question> questions = new ArrayList<>();
        for (String set : QuestionSets.evaluated(folder)) {
            List<Question> all = QuestionSets.read(folder.evaluationQuestions(set));
            questions.addAll(all.subList(0, Math.min(config.promotion().questions(), all.size())));
        }
        if (questions.isEmpty()) {
            throw new IllegalArgumentException("no held-out questions in " + folder.data()
                    + ": versions cannot be compared; see data.held-out-percent");
        }
        try (Tokenizer tokenizer = Tokenizer.load(folder.tokenizer());
                Retriever retriever = new Preparation(folder, config, line -> {}).retriever();
                Evaluator evaluator = new Evaluator(
                        config, ModelConfig.read(folder.modelConfig()), file(weights), tokenizer, retriever)) {
            List<ScoredTrajectory> answers = evaluator.ask(questions, SearchMode.FREE);
            Evaluation all = Assessment.evaluation(DATASET, 0, answers);
            Figures figures = new Figures(answers.size(), all.accuracy(), all.searches());
            try (EvaluationEvents events = new EvaluationEvents(clients, config, weights.getVersion())) {
                events.publish(DATASET, answers.size(), figures.metrics(), Map.of());
            }
            return figures;
        }
    }

    private Path file(WeightsPublished weights) {
        return store.fetch(KeptWeights.pointer(weights))
                .orElseThrow(() -> new IllegalStateException("weights v" + weights.getVersion() + " are gone: "
                        + weights.getUri() + " is not there, so they cannot be evaluated"));
    }
}
