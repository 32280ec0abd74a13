package dev.seine.app.train;

import dev.seine.app.report.Recall;
import dev.seine.event.Evaluation;
import dev.seine.topics.Clients;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Publishes evaluations to their topic, one event for each question set of a version and one for the memory probe. */
final class EvaluationEvents implements AutoCloseable {
    private final EventProducer producer;
    private final RunConfig config;
    private final long version;

    /** Publishes for one version of the run's policy. */
    EvaluationEvents(Clients clients, RunConfig config, long version) {
        this.producer = clients.producer("evaluator");
        this.config = config;
        this.version = version;
    }

    /**
     * One question set.
     *
     * @param slices metrics by slice, such as {@code hops=2}
     */
    void publish(String dataset, int questions, Map<String, Double> metrics, Map<String, Map<String, Double>> slices) {
        producer.send(
                Topics.EVALUATIONS,
                config.run().policy(),
                Evaluation.newBuilder()
                        .setPolicy(config.run().policy())
                        .setVersion(version)
                        .setStep(version)
                        .setDataset(dataset)
                        .setRecipe(config.reward().recipe())
                        .setQuestions(questions)
                        .setMetrics(metrics)
                        .setSlices(slices)
                        .setAtMs(Clock.systemUTC().millis())
                        .build());
    }

    /** The memory probe, by class of facts; nothing if there is none. */
    void probe(List<Recall> probe) {
        if (probe.isEmpty()) {
            return;
        }
        int facts = probe.stream().mapToInt(Recall::questions).sum();
        double right =
                probe.stream().mapToDouble(r -> r.accuracy() * r.questions()).sum();
        Map<String, Map<String, Double>> slices = new HashMap<>();
        probe.forEach(
                r -> slices.put(r.factClass(), Map.of("accuracy", r.accuracy(), "questions", (double) r.questions())));
        publish(QuestionSets.PROBE, facts, Map.of("accuracy", right / facts), slices);
    }

    @Override
    public void close() {
        producer.close();
    }
}
